using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Scores;

/// <summary>What a classifier calls its classes: int64, or strings, whose handles are as wide.</summary>
/// <param name="Type">int64 or string.</param>
/// <param name="Elements">One a class, as the elements of a tensor hold them.</param>
internal sealed record ClassLabels(DataType Type, long[] Elements)
{
    public int Count => Elements.Length;

    /// <summary>The attribute of strings, or that of integers.</summary>
    /// <exception cref="Onnx.ModelException">Both are given, or none.</exception>
    public static ClassLabels Read(Node node, string strings, string integers)
    {
        string[] texts = node.Attributes.Strings(strings) ?? [];
        long[] numbers = node.Attributes.Ints(integers) ?? [];
        if (texts.Length > 0 == numbers.Length > 0) throw node.Error($"one of {strings} and {integers} is needed");
        return texts.Length > 0
            ? new ClassLabels(DataType.String, Array.ConvertAll(texts, t => Texts.Intern(t, node.Path)))
            : new ClassLabels(DataType.Int64, numbers);
    }
}
