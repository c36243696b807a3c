namespace Edge.Quantization.Observers;

/// <summary>The values that a tensor takes; both ends are finite.</summary>
/// <param name="Min">Smallest value.</param>
/// <param name="Max">Largest value, at least <paramref name="Min"/>.</param>
public readonly record struct ValueRange(float Min, float Max)
{
    /// <summary>The smallest range that holds both.</summary>
    public ValueRange Union(ValueRange other) => new(Math.Min(Min, other.Min), Math.Max(Max, other.Max));

    /// <summary>The smallest range that also holds 0, as quantization needs it: zeros of padding must be exact.</summary>
    public ValueRange WithZero() => new(Math.Min(Min, 0f), Math.Max(Max, 0f));

    public override string ToString() => $"[{Min:G6}, {Max:G6}]";
}
