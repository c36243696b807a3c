using System.Diagnostics.CodeAnalysis;
using Edge.Onnx;

namespace Edge.Runtime.Operators.Gather;

/// <summary>The error of an index that a run brought and that no axis has.</summary>
internal static class IndexError
{
    [DoesNotReturn]
    public static void Throw(string path, long index, int size) =>
        throw new ModelException($"{path}: index {index} is outside [{-size}, {size}) of an axis of {size}");
}
