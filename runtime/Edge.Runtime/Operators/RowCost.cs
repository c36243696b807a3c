namespace Edge.Runtime.Operators;

/// <summary>What rows cost where no products are computed.</summary>
internal static class RowCost
{
    /// <summary>Bytes that a core moves in a cycle.</summary>
    public const int BytesPerCycle = 16;

    /// <summary>Elements of 8 bits that a core dequantizes, computes and quantizes in a cycle.</summary>
    public const int QuantizedPerCycle = 4;
}
