using Edge.Onnx;
using Edge.Pipeline.Postprocessing.Heads;
using Edge.Tensors;

namespace Edge.Pipeline.Postprocessing;

/// <summary>How a classifier's output is read. Immutable.</summary>
/// <param name="Activation">What is still to be done to the values; many exported classifiers end in logits and need the softmax.</param>
/// <param name="SkipFirst">
/// The first value is no class, such as the background of TensorFlow's ImageNet models: it is left out (after the activation), and
/// labels do not count it.
/// </param>
/// <param name="Top">Classes that findings list, best first.</param>
public sealed record ClassificationOptions(Activation Activation = Activation.None, bool SkipFirst = false, int Top = 5);

/// <summary>Pure functions over a classifier's output.</summary>
public static class Classification
{
    /// <summary>
    /// The score of every class: 0…1 after an activation, else whatever the model gives.
    /// </summary>
    /// <param name="output">float, uint8 or int8, [1, classes] or any shape with one value a class.</param>
    /// <param name="options">Activation, and whether the first value is left out.</param>
    /// <param name="name">Of the output, for messages.</param>
    /// <exception cref="ModelException">There is no class, the type is another one, or a value is not finite.</exception>
    public static float[] Scores(Tensor output, ClassificationOptions options, string name = "output")
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(options);
        var all = new float[output.Count];
        switch (output.Type)
        {
            case DataType.Float32: output.AsSpan<float>().CopyTo(all); break;
            case DataType.UInt8: for (int i = 0; i < all.Length; i++) all[i] = output.AsSpan<byte>()[i]; break;
            case DataType.Int8: for (int i = 0; i < all.Length; i++) all[i] = output.AsSpan<sbyte>()[i]; break;
            default: throw new ModelException($"output '{name}' is {output.Type.OnnxName()}; classes are read from float, uint8 and int8");
        }
        foreach (float value in all)
        {
            if (!float.IsFinite(value)) throw new ModelException($"output '{name}' holds a value that is not finite");
        }
        if (all.Length < (options.SkipFirst ? 2 : 1)) throw new ModelException($"output '{name}' has shape {output.Shape}, which holds no class");
        if (options.Activation == Activation.Softmax) Softmax(all);
        else if (options.Activation == Activation.Sigmoid)
            for (int i = 0; i < all.Length; i++) all[i] = HeadRules.Sigmoid(all[i]);
        return options.SkipFirst ? all[1..] : all;
    }

    /// <summary>In place: <c>exp(v − max) / Σ exp(v − max)</c>.</summary>
    public static void Softmax(Span<float> values)
    {
        if (values.IsEmpty) return;
        float max = values[0], sum = 0;
        foreach (float v in values) max = Math.Max(max, v);
        for (int i = 0; i < values.Length; i++) sum += values[i] = HeadRules.Exp(values[i] - max);
        for (int i = 0; i < values.Length; i++) values[i] /= sum;
    }

    /// <summary>The best classes, best first; among equals the one with the lower number.</summary>
    public static ClassScore[] Top(ReadOnlySpan<float> scores, int count)
    {
        var best = new List<ClassScore>(Math.Min(count, scores.Length) + 1);
        for (int c = 0; c < scores.Length; c++)
        {
            int at = best.Count;
            while (at > 0 && scores[c] > best[at - 1].Score) at--;
            if (at >= count) continue;
            best.Insert(at, new ClassScore(c, scores[c]));
            if (best.Count > count) best.RemoveAt(count);
        }
        return [.. best];
    }
}
