namespace Edge.Kernels.Generic;

/// <summary>
/// Bytes widened to 16 bits, four to a 32-bit lane before: <see cref="Even"/> holds bytes 0 and 2 of each lane,
/// <see cref="Odd"/> bytes 1 and 3. Products of the two halves, added up in 32 bits, are the dot product of the lane.
/// </summary>
internal readonly struct Halves<TVec>(TVec even, TVec odd) where TVec : struct
{
    public readonly TVec Even = even;
    public readonly TVec Odd = odd;
}
