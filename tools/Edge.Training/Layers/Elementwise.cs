using System.Numerics;
using Edge.Training.Export;

namespace Edge.Training.Layers;

/// <summary>A nonlinearity on its own.</summary>
internal sealed unsafe class Activation<TNonlinearity>(string name, Value input, Value output, Nonlinearity nonlinearity) : Operation(name, [input], output)
    where TNonlinearity : struct, INonlinearity
{
    private bool _add;

    public override void Forward(Execution execution) => execution.ForEach(Output.Batch, n =>
    {
        int count = Output.Extent.Count;
        float* x = Inputs[0].At(n), y = Output.At(n);
        for (int i = 0; i < count; i += Lanes.Count)
            Lanes.Store(TNonlinearity.Apply(Lanes.Load(x + i, count - i)), y + i, count - i);
    });

    public override void Backward(Execution execution)
    {
        if (!Inputs[0].CarriesGradient) return;
        _add = Inputs[0].ClaimGradient();
        execution.ForEach(Output.Batch, n =>
        {
            int count = Output.Extent.Count;
            float* x = Inputs[0].At(n), dy = Output.GradientAt(n), dx = Inputs[0].GradientAt(n);
            for (int i = 0; i < count; i += Lanes.Count)
            {
                Vector<float> d = Lanes.Load(dy + i, count - i) * TNonlinearity.Slope(Lanes.Load(x + i, count - i));
                Lanes.Store(_add ? Lanes.Load(dx + i, count - i) + d : d, dx + i, count - i);
            }
        });
    }

    public override void Export(ModelBuilder model) => model.Nonlinearity(this, nonlinearity);
}

/// <summary>The residual connection: <c>y = a + b</c>, alike in shape.</summary>
internal sealed unsafe class Addition(string name, Value a, Value b, Value output) : Operation(name, [a, b], output)
{
    public override void Forward(Execution execution) => execution.ForEach(Output.Batch, n =>
    {
        int count = Output.Extent.Count;
        float* left = Inputs[0].At(n), right = Inputs[1].At(n), y = Output.At(n);
        for (int i = 0; i < count; i += Lanes.Count)
            Lanes.Store(Lanes.Load(left + i, count - i) + Lanes.Load(right + i, count - i), y + i, count - i);
    });

    public override void Backward(Execution execution)
    {
        foreach (Value input in Inputs)
        {
            if (!input.CarriesGradient) continue;
            bool add = input.ClaimGradient();
            execution.ForEach(Output.Batch, n => GradientFlow.Pass(Output.GradientAt(n), input.GradientAt(n), Output.Extent.Count, add));
        }
    }

    public override void Export(ModelBuilder model) => model.Node(this, "Add", []);
}

internal static unsafe class GradientFlow
{
    /// <summary>Copies, or adds, consecutive elements.</summary>
    public static void Pass(float* from, float* to, int count, bool add)
    {
        for (int i = 0; i < count; i += Lanes.Count)
        {
            Vector<float> d = Lanes.Load(from + i, count - i);
            Lanes.Store(add ? Lanes.Load(to + i, count - i) + d : d, to + i, count - i);
        }
    }
}
