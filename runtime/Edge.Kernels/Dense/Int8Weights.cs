namespace Edge.Kernels.Dense;

/// <summary>
/// Integer weights <c>[OutC, InC/group, kH, kW]</c>, row-major, one byte each.
/// </summary>
/// <param name="data">The bytes.</param>
/// <param name="signed">int8 if true, else uint8.</param>
/// <param name="zeroPoints">Empty (0), one for all, or one for each output channel.</param>
public readonly ref struct Int8Weights(ReadOnlySpan<byte> data, bool signed, ReadOnlySpan<int> zeroPoints)
{
    public ReadOnlySpan<byte> Data { get; } = data;

    public bool Signed { get; } = signed;

    public ReadOnlySpan<int> ZeroPoints { get; } = zeroPoints;
}
