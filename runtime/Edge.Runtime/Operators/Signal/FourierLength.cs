using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators.Signal;

/// <summary>What lengths of Fourier transforms are planned.</summary>
internal static class FourierLength
{
    /// <summary>A plan of this length takes 200 MB.</summary>
    private const int Most = 1 << 22;

    /// <exception cref="Onnx.ModelException">The length is outside 1 … 2²².</exception>
    public static void Require(Node node, string name, long length)
    {
        if (length is < 1 or > Most) throw node.Error($"{name} {length} is not supported; supported: 1 to {Most}");
    }
}
