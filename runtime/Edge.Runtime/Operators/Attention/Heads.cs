namespace Edge.Runtime.Operators.Attention;

/// <summary>The rows of each head of each batch, wherever they lie: elements of one row are neighbours, strides are in elements.</summary>
internal readonly unsafe struct Heads(float* data, nint batch, nint head, nint row)
{
    /// <summary>Elements from a row to the next.</summary>
    public nint Row => row;

    public float* At(int b, int h) => data + b * batch + h * head;

    /// <summary><c>[batch, heads, rows, size]</c></summary>
    public static Heads HeadsFirst(float* data, int heads, int rows, int size) => new(data, (nint)heads * rows * size, (nint)rows * size, size);

    /// <summary><c>[batch, rows, heads · size]</c></summary>
    public static Heads HeadsLast(float* data, int heads, int rows, int size) => new(data, (nint)rows * heads * size, size, (nint)heads * size);
}
