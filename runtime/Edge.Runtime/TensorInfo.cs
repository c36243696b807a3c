using Edge.Tensors;

namespace Edge.Runtime;

/// <summary>One declared dimension: a number, a name that stands for any number, or neither.</summary>
/// <param name="Size">The number; −1 when it is free.</param>
/// <param name="Symbol">The name of a free dimension, such as <c>batch</c>; null if it has none.</param>
public readonly record struct Dimension(int Size, string? Symbol = null)
{
    public bool IsFixed => Size >= 0;

    public override string ToString() => IsFixed ? Size.ToString() : Symbol ?? "?";
}

/// <summary>An input or output as the model declares it.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="Type">Element type.</param>
/// <param name="Dimensions">Outermost first; null where the model leaves even the rank open.</param>
public sealed record TensorInfo(string Name, DataType Type, IReadOnlyList<Dimension>? Dimensions)
{
    /// <summary>
    /// What the columns of an output <c>[N, columns]</c> stand for, where the model names them: the classes of a ZipMap; else null.
    /// </summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>The shape, with <paramref name="free"/> in place of each dimension that is not fixed.</summary>
    public Shape ShapeWith(int free) =>
        Dimensions is null ? new Shape(free) : new Shape(Dimensions.Select(d => d.IsFixed ? d.Size : free).ToArray());

    public override string ToString() => $"{Name}: {Type.OnnxName()}[{(Dimensions is null ? "…" : string.Join(',', Dimensions))}]";
}
