using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Pipeline.Postprocessing.Heads;

/// <summary>Reads the raw outputs of one family of detectors.</summary>
/// <remarks>Not safe for concurrent use: heads keep scratch memory.</remarks>
public interface IDetectionHead
{
    /// <summary>Number of classes, background not counted; null where the declared shapes leave it open.</summary>
    int? Classes { get; }

    /// <summary>
    /// Adds every candidate whose score reaches <paramref name="minScore"/>, in a fixed order: boxes in pixels of the model's
    /// input, not clipped, not suppressed.
    /// </summary>
    /// <param name="outputs">As the session returned them.</param>
    /// <param name="minScore">0…1.</param>
    /// <param name="candidates">Is added to.</param>
    /// <exception cref="ModelException">A shape or type is not what the head expects, or a score or box is not finite.</exception>
    void Decode(IReadOnlyList<Tensor> outputs, float minScore, List<Detection> candidates);
}

/// <summary>What the heads share.</summary>
internal static class HeadRules
{
    /// <summary>The elements of a float output.</summary>
    public static ReadOnlySpan<float> Floats(Tensor tensor, string name) => tensor.Type == DataType.Float32
        ? tensor.AsSpan<float>()
        : throw new ModelException($"output '{name}' is {tensor.Type.OnnxName()}; the detection heads read float");

    /// <summary>Adds a candidate.</summary>
    /// <exception cref="ModelException">Score or box is not finite.</exception>
    public static void Add(List<Detection> candidates, int classId, float score, in Imaging.Box box, string output)
    {
        if (!float.IsFinite(score) || !float.IsFinite(box.Left + box.Top + box.Right + box.Bottom))
            throw new ModelException($"output '{output}' holds a value that is not finite");
        candidates.Add(new Detection(classId, score, box));
    }

    public static ModelException WrongShape(string name, Shape shape, string expected) =>
        new($"output '{name}' has shape {shape}; expected: {expected}");

    public static ModelException WrongOutputs(string head, IReadOnlyList<TensorInfo> outputs, string expected) =>
        new($"head {head} does not suit the model's outputs ({string.Join("; ", outputs)}); expected: {expected}");

    /// <summary>The index of the greatest value, the first of equals; a NaN at the front stays.</summary>
    public static int Best(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[best]) best = i;
        }
        return best;
    }

    /// <summary>
    /// For each cell the greatest of the classes' values and its class, where each class has a plane of its own; the first of
    /// equals.
    /// </summary>
    /// <param name="planes">[classes, cells].</param>
    /// <param name="best">One value a cell.</param>
    /// <param name="classes">One class a cell; their number follows from the lengths.</param>
    public static void BestOfPlanes(ReadOnlySpan<float> planes, Span<float> best, Span<int> classes)
    {
        int cells = best.Length;
        planes[..cells].CopyTo(best);
        classes[..cells].Clear();
        for (int c = 1; c * cells < planes.Length; c++)
        {
            ReadOnlySpan<float> plane = planes.Slice(c * cells, cells);
            for (int i = 0; i < plane.Length; i++)
            {
                if (!(plane[i] > best[i])) continue;
                best[i] = plane[i];
                classes[i] = c;
            }
        }
    }

    public static float Sigmoid(float x) => (float)(1 / (1 + Math.Exp(-(double)x)));

    /// <summary>
    /// In double precision, then rounded: the mathematical libraries of different machines differ in the last bits of a float, and scores must not.
    /// </summary>
    public static float Exp(float x) => (float)Math.Exp(x);

    public static float Tanh(float x) => (float)Math.Tanh(x);

    /// <summary>The size at an axis, or null where it is open.</summary>
    public static int? Fixed(TensorInfo info, int axis) =>
        info.Dimensions is { } d && axis < d.Count && d[axis].IsFixed ? d[axis].Size : null;

    public static int Rank(TensorInfo info) => info.Dimensions?.Count ?? -1;
}
