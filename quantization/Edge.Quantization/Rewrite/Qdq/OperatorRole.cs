namespace Edge.Quantization.Rewrite.Qdq;

/// <summary>How an operator takes part in quantization.</summary>
internal enum OperatorRole
{
    /// <summary>Computes in float.</summary>
    Float,

    /// <summary>Sums products with int8 weights or between activations: the reason to quantize at all.</summary>
    Product,

    /// <summary>Has an integer form with parameters of its own for each input and the output.</summary>
    Arithmetic,

    /// <summary>A function of one value, for which a table of 256 entries stands.</summary>
    Elementwise,

    /// <summary>Only moves or chooses elements: input and output share their parameters.</summary>
    Move,
}
