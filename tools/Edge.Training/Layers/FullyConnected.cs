using System.Numerics.Tensors;
using Edge.Tensors;
using Edge.Training.Export;

namespace Edge.Training.Layers;

/// <summary>A matrix product over the batch: <c>y = x · w + b</c>, weights <c>[in, out]</c>.</summary>
internal sealed unsafe class FullyConnected(string name, Value input, Value output, Parameter weights, Parameter bias) : Operation(name, [input], output)
{
    public static Shape WeightShape(int inChannels, int outChannels) => new(inChannels, outChannels);

    public override IReadOnlyList<Parameter> Parameters => [weights, bias];

    public override long MultiplyAdds => (long)In * Out;

    private int In => Inputs[0].Extent.Channels;

    private int Out => Output.Extent.Channels;

    public override void Forward(Execution execution)
    {
        execution.Multiply(Output.Batch, Out, In, Inputs[0].At(0), In, weights.Pointer, Out, false, Output.At(0), Out);
        for (int n = 0; n < Output.Batch; n++) TensorPrimitives.Add(Output.Sample(n), bias.Data, Output.Sample(n));
    }

    public override void Backward(Execution execution)
    {
        int batch = Output.Batch;
        float* dy = Output.GradientAt(0);
        if (weights.IsTrained)
        {
            using Execution.Scratch transposed = execution.Rent((long)batch * In);
            Matrix.Transpose(Inputs[0].At(0), batch, In, In, transposed.Pointer);
            fixed (float* dw = weights.Gradient) execution.Multiply(In, Out, batch, transposed.Pointer, batch, dy, Out, false, dw, Out);
            bias.Gradient.Clear();
            for (int n = 0; n < batch; n++) TensorPrimitives.Add(bias.Gradient, new ReadOnlySpan<float>(dy + n * Out, Out), bias.Gradient);
        }
        if (!Inputs[0].CarriesGradient) return;
        bool add = Inputs[0].ClaimGradient();
        using Execution.Scratch dx = execution.Rent((long)batch * In);
        execution.Multiply(batch, In, Out, dy, Out, weights.Pointer, Out, true, dx.Pointer, In);
        GradientFlow.Pass(dx.Pointer, Inputs[0].GradientAt(0), batch * In, add);
    }

    public override void Export(ModelBuilder model)
    {
        string w = model.Initializer(Name + ".weight", [In, Out], weights.Data);
        model.FullyConnected(this, w, model.Initializer(Name + ".bias", [Out], bias.Data));
    }
}
