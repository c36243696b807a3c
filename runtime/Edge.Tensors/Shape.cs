using System.Diagnostics.CodeAnalysis;

namespace Edge.Tensors;

/// <summary>
/// The dimensions of a dense, row-major tensor: outermost first, every one known and not negative.
/// Immutable; the default value is the shape of a scalar.
/// </summary>
public readonly struct Shape : IEquatable<Shape>
{
    private readonly int[]? _dims;

    /// <param name="dims">Outermost first; copied.</param>
    /// <exception cref="ArgumentException">A dimension is negative, or the element count exceeds <see cref="int.MaxValue"/>.</exception>
    public Shape(params ReadOnlySpan<int> dims)
    {
        _dims = dims.ToArray();
        long count = 1;
        foreach (int d in _dims)
        {
            if (d < 0) throw new ArgumentException($"dimension {d} is negative");
            count *= d;
            if (count > int.MaxValue) throw new ArgumentException($"shape [{string.Join(',', _dims)}] has more than {int.MaxValue} elements");
        }
        Count = (int)count;
        _initialized = true;
    }

    private readonly bool _initialized;

    /// <summary>Number of elements: the product of the dimensions; 1 for a scalar.</summary>
    public int Count { get => _initialized ? field : 1; }

    public int Rank => _dims?.Length ?? 0;

    public int this[int axis] => _dims![axis];

    /// <summary>A dimension counted from either end; without this, <c>shape[^1]</c> would count from <see cref="Count"/>.</summary>
    public int this[Index axis] => _dims![axis.GetOffset(Rank)];

    public ReadOnlySpan<int> Dims => _dims;

    public static Shape Scalar => default;

    /// <summary>Product of the dimensions in <c>[from, to)</c>; 1 when empty.</summary>
    public int Product(int from, int to)
    {
        int p = 1;
        for (int i = from; i < to; i++) p *= _dims![i];
        return p;
    }

    /// <summary>The axis counted from the front, for <paramref name="axis"/> in <c>[-Rank, Rank)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The axis is outside the range.</exception>
    public int NormalizeAxis(int axis)
    {
        int a = axis < 0 ? axis + Rank : axis;
        if ((uint)a >= (uint)Rank) throw new ArgumentOutOfRangeException(nameof(axis), $"axis {axis} is outside [-{Rank}, {Rank}) for shape {this}");
        return a;
    }

    /// <summary>Row-major strides in elements.</summary>
    public int[] Strides()
    {
        var s = new int[Rank];
        int p = 1;
        for (int i = Rank - 1; i >= 0; i--) { s[i] = p; p *= _dims![i]; }
        return s;
    }

    public int[] ToArray() => _dims is null ? [] : (int[])_dims.Clone();

    public bool Equals(Shape other) => Dims.SequenceEqual(other.Dims);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Shape s && Equals(s);

    public override int GetHashCode()
    {
        var h = new HashCode();
        foreach (int d in Dims) h.Add(d);
        return h.ToHashCode();
    }

    public static bool operator ==(Shape a, Shape b) => a.Equals(b);

    public static bool operator !=(Shape a, Shape b) => !a.Equals(b);

    /// <summary><c>[1,3,224,224]</c>; <c>[]</c> for a scalar.</summary>
    public override string ToString() => "[" + string.Join(',', ToArray()) + "]";
}
