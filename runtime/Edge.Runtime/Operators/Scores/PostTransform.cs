using Edge.Kernels;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Reduction;
using Edge.Kernels.Threading;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Scores;

/// <summary>What ai.onnx.ml's models may do to the scores of each row at the end.</summary>
internal enum PostTransform
{
    None,
    Softmax,
    Logistic,
    SoftmaxZero,
    Probit,
}

internal static class PostTransforms
{
    private static readonly string[] s_names = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"];

    /// <summary>The attribute <c>post_transform</c>, as a word, or since TreeEnsemble as a number.</summary>
    public static PostTransform Read(Node node, bool number = false)
    {
        string name = number ? node.Attributes.Int("post_transform", 0).ToString() : node.Attributes.String("post_transform", "NONE");
        int i = number ? (int)Math.Clamp(node.Attributes.Int("post_transform", 0), -1, s_names.Length) : Array.IndexOf(s_names, name);
        if (i < 0 || i >= s_names.Length) throw node.Error($"post_transform {name} is not supported; supported: {string.Join(", ", s_names)}");
        return (PostTransform)i;
    }
}

/// <summary>A <see cref="PostTransform"/> with its kernels.</summary>
internal sealed unsafe class ScoreTransform(PostTransform transform, KernelSet kernels)
{
    private readonly SoftmaxKernel _softmax = kernels.Reduction.Softmax;
    private readonly UnaryKernel _sigmoid = kernels.Elementwise.Unary(UnaryFunction.Sigmoid, DataType.Float32)!;

    public PostTransform Kind => transform;

    /// <summary>
    /// Transforms <paramref name="rows"/> rows of <paramref name="width"/> scores in place. A single score takes PROBIT only,
    /// and is left as it is by the others: ONNX leaves that open, ONNX Runtime has it so.
    /// </summary>
    public void Apply(float* scores, int rows, int width, WorkerPool pool)
    {
        nint count = (nint)rows * width;
        if (width == 1 && transform != PostTransform.Probit) return;
        switch (transform)
        {
            case PostTransform.Softmax:
                _softmax.Run(scores, scores, rows, width, 1, logarithm: false, pool);
                break;
            case PostTransform.Logistic:
                _sigmoid.Run(scores, scores, count, pool);
                break;
            case PostTransform.SoftmaxZero:
                for (int row = 0; row < rows; row++) ScoreFunctions.SoftmaxOfNonZero(new Span<float>(scores + (nint)row * width, width));
                break;
            case PostTransform.Probit:
                for (nint i = 0; i < count; i++) scores[i] = ScoreFunctions.Probit(scores[i]);
                break;
        }
    }
}
