namespace Edge.Runtime.Operators.TopK;

/// <summary>The lanes of a TopK: <c>[outer, size, inner]</c> becomes <c>[outer, k, inner]</c>.</summary>
internal readonly record struct TopKLanes(int Outer, int Size, int Inner, int K, bool Largest)
{
    public int Count => Outer * Inner;
}
