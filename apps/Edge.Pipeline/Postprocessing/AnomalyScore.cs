using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Pipeline.Postprocessing;

/// <summary>Pure functions that tell how unusual a model finds its input.</summary>
public static class AnomalyScore
{
    /// <summary>The mean of the squared differences between what an autoencoder was given and what it gave back, summed in double precision.</summary>
    /// <param name="input">float.</param>
    /// <param name="output">float, with as many elements.</param>
    /// <param name="name">Of the output, for messages.</param>
    /// <exception cref="ModelException">Types or element counts do not suit, or the result is not finite.</exception>
    public static float MeanSquaredError(Tensor input, Tensor output, string name = "output")
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        if (input.Type != DataType.Float32 || output.Type != DataType.Float32 || input.Count != output.Count || input.Count == 0)
            throw new ModelException($"output '{name}' is {output}, which cannot be compared with an input of {input}: an autoencoder gives back floats of the same number");
        ReadOnlySpan<float> a = input.AsSpan<float>(), b = output.AsSpan<float>();
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        float mean = (float)(sum / a.Length);
        return float.IsFinite(mean) ? mean : throw new ModelException($"output '{name}' holds a value that is not finite");
    }
}
