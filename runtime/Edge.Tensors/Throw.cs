using System.Diagnostics.CodeAnalysis;

namespace Edge.Tensors;

internal static class Throw
{
    [DoesNotReturn]
    public static void WrongElementType(DataType actual, Type asked) =>
        throw new InvalidOperationException($"the tensor holds {actual.OnnxName()}, not {asked.Name}");
}
