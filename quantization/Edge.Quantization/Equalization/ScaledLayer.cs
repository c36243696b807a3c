using System.Numerics.Tensors;
using Edge.Onnx;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Preparation;

namespace Edge.Quantization.Equalization;

/// <summary>
/// A linear layer whose channels are scaled: <c>w[o,i]·output[o]·input[i]</c> and <c>b[o]·output[o]</c>. The factors are
/// collected in float64, and the weights are rounded once, when they are written. Not synchronized.
/// </summary>
internal sealed class ScaledLayer
{
    private readonly WeightLayout _layout;

    /// <summary>Largest magnitude of the unscaled weights between a pair of channels: <c>[Outer, Inner]</c>.</summary>
    private readonly float[] _magnitudes;

    public ScaledLayer(LinearNode linear)
    {
        Linear = linear;
        _layout = WeightLayout.Of(linear);
        Output = Ones(_layout.Outputs);
        Input = Ones(_layout.Inputs);
        float[] w = linear.Weights.Floats();
        _magnitudes = new float[_layout.Outer * _layout.Inner];
        for (int i = 0; i < _magnitudes.Length; i++) _magnitudes[i] = Math.Abs(TensorPrimitives.MaxMagnitude(w.AsSpan(i * _layout.Kernel, _layout.Kernel)));
    }

    public LinearNode Linear { get; }

    /// <summary>One factor an output channel.</summary>
    public double[] Output { get; }

    /// <summary>One factor an input channel.</summary>
    public double[] Input { get; }

    /// <summary>Raises each entry to the largest magnitude of the scaled weights of that output channel.</summary>
    public void LargestByOutput(double[] largest) => Largest(largest, byOutput: true);

    /// <summary>Raises each entry to the largest magnitude of the scaled weights of that input channel.</summary>
    public void LargestByInput(double[] largest) => Largest(largest, byOutput: false);

    /// <summary>Gives the node scaled weights and bias, as new initializers; a shared one stays what it was for its other readers.</summary>
    /// <exception cref="ModelException">A scaled weight is not finite.</exception>
    public void Write(OnnxGraph graph)
    {
        if (Array.TrueForAll(Output, f => f == 1) && Array.TrueForAll(Input, f => f == 1)) return;
        NodeProto node = Linear.Node;
        float[] w = Linear.Weights.Floats();
        for (int a = 0, at = 0; a < _layout.Outer; a++)
        {
            for (int b = 0; b < _layout.Inner; b++)
            {
                (int o, int i) = _layout.Channels(a, b);
                double factor = Output[o] * Input[i];
                for (int k = 0; k < _layout.Kernel; k++, at++) w[at] = Finite(w[at] * factor);
            }
        }
        node.Inputs[1] = graph.AddConstant(TensorValues.Make<float>(Linear.Weights.Name, w, [.. Linear.Weights.Dims]));
        if (Linear.Bias is not { } bias || Array.TrueForAll(Output, f => f == 1)) return;
        float[] old = bias.Floats();
        float[] scaled = [.. Output.Select((f, o) => Finite(old[old.Length == 1 ? 0 : o] * f))];
        node.Inputs[2] = graph.AddConstant(TensorValues.Vector(bias.Name, scaled));
    }

    private void Largest(double[] largest, bool byOutput)
    {
        for (int a = 0, at = 0; a < _layout.Outer; a++)
        {
            for (int b = 0; b < _layout.Inner; b++, at++)
            {
                (int o, int i) = _layout.Channels(a, b);
                ref double most = ref largest[byOutput ? o : i];
                most = Math.Max(most, _magnitudes[at] * Output[o] * Input[i]);
            }
        }
    }

    private float Finite(double value) => float.IsFinite((float)value) ? (float)value
        : throw new ModelException($"{OnnxGraph.Describe(Linear.Node)}: equalized weights are not finite; quantize the model without equalization");

    private static double[] Ones(int count) => [.. Enumerable.Repeat(1.0, count)];
}
