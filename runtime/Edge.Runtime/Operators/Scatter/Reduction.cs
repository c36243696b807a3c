using System.Numerics;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Scatter;

/// <summary>How an update meets the element that it falls on: a loop over elements, <c>y[i] = combine(y[i], update[i])</c>.</summary>
internal static unsafe class Reduction
{
    /// <summary>The attribute <c>reduction</c>; null stands for "none": the update replaces the element.</summary>
    /// <param name="node">The node.</param>
    /// <param name="addSince">First opset with add and mul.</param>
    /// <param name="minSince">First opset with min and max.</param>
    public static string? Read(Node node, int addSince, int minSince)
    {
        if (node.Opset < addSince) return null;
        string reduction = node.Attributes.String("reduction", "none");
        return reduction switch
        {
            "none" => null,
            "add" or "mul" => reduction,
            "min" or "max" when node.Opset >= minSince => reduction,
            _ => throw node.Error($"reduction '{reduction}' is not supported; supported: none, add, mul, and min and max from opset {minSince} on"),
        };
    }

    /// <summary>The types that can be reduced.</summary>
    public static ReadOnlySpan<DataType> Types =>
    [
        DataType.Float32, DataType.Float64, DataType.Int8, DataType.UInt8, DataType.Int16, DataType.UInt16, DataType.Int32, DataType.UInt32,
        DataType.Int64, DataType.UInt64,
    ];

    public static delegate*<void*, void*, nint, void> Find(string reduction, DataType type) => type switch
    {
        DataType.Float32 => Of<float>(reduction),
        DataType.Float64 => Of<double>(reduction),
        DataType.Int32 => Of<int>(reduction),
        DataType.Int64 => Of<long>(reduction),
        DataType.UInt8 => Of<byte>(reduction),
        DataType.Int16 => Of<short>(reduction),
        DataType.UInt16 => Of<ushort>(reduction),
        DataType.UInt32 => Of<uint>(reduction),
        DataType.UInt64 => Of<ulong>(reduction),
        _ => Of<sbyte>(reduction),
    };

    private static delegate*<void*, void*, nint, void> Of<T>(string reduction) where T : unmanaged, INumber<T> => reduction switch
    {
        "add" => &Add<T>,
        "mul" => &Multiply<T>,
        "min" => &Min<T>,
        _ => &Max<T>,
    };

    private static void Add<T>(void* y, void* update, nint count) where T : unmanaged, INumber<T>
    {
        for (nint i = 0; i < count; i++) ((T*)y)[i] += ((T*)update)[i];
    }

    private static void Multiply<T>(void* y, void* update, nint count) where T : unmanaged, INumber<T>
    {
        for (nint i = 0; i < count; i++) ((T*)y)[i] *= ((T*)update)[i];
    }

    private static void Min<T>(void* y, void* update, nint count) where T : unmanaged, INumber<T>
    {
        for (nint i = 0; i < count; i++) ((T*)y)[i] = T.Min(((T*)y)[i], ((T*)update)[i]);
    }

    private static void Max<T>(void* y, void* update, nint count) where T : unmanaged, INumber<T>
    {
        for (nint i = 0; i < count; i++) ((T*)y)[i] = T.Max(((T*)y)[i], ((T*)update)[i]);
    }
}
