using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Control;

/// <summary>Reads tensors of one element that steer a graph.</summary>
internal static class Condition
{
    /// <summary>Input <paramref name="input"/>, which must be one bool.</summary>
    public static bool IsTrue(in ValueContext c, int input) => IsTrue(c.Node, c.Tensor(input), "the condition");

    public static bool IsTrue(Node node, Tensor? tensor, string what) =>
        tensor is { Type: DataType.Bool, Count: 1 } ? tensor.AsSpan<bool>()[0] : throw node.Error($"{what} must be one bool, not {(tensor is null ? "a sequence" : tensor.ToString())}");

    /// <summary>Input <paramref name="input"/>, which must be one int64 or int32.</summary>
    public static long Number(in ValueContext c, int input, string what) => Number(c.Node, c.Tensor(input), what);

    public static long Number(Node node, Tensor tensor, string what) => tensor switch
    {
        { Type: DataType.Int64, Count: 1 } => tensor.AsSpan<long>()[0],
        { Type: DataType.Int32, Count: 1 } => tensor.AsSpan<int>()[0],
        _ => throw node.Error($"{what} must be one int64, not {tensor}"),
    };
}
