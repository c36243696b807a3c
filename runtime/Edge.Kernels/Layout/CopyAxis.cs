namespace Edge.Kernels.Layout;

/// <summary>One axis of a copy.</summary>
/// <param name="Count">Elements along the axis.</param>
/// <param name="Source">Bytes from one to the next in the source: 0 repeats it, negative walks backwards.</param>
/// <param name="Target">Bytes from one to the next in the target.</param>
public readonly record struct CopyAxis(int Count, nint Source, nint Target);
