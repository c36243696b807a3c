using System.Numerics;

namespace Edge.Kernels.Signal;

/// <summary>Float64 lanes for butterflies, written once for one lane and for many; every operation rounds once.</summary>
internal unsafe interface ILanesF64<V> where V : unmanaged, ILanesF64<V>
{
    static abstract int Count { get; }

    static abstract V Load(double* p);

    void Store(double* p);

    static abstract V operator +(V a, V b);

    static abstract V operator -(V a, V b);

    static abstract V operator *(V a, double b);
}

/// <summary>One lane: the definition.</summary>
internal readonly unsafe struct OneLaneF64(double value) : ILanesF64<OneLaneF64>
{
    private readonly double _value = value;

    public static int Count => 1;

    public static OneLaneF64 Load(double* p) => new(*p);

    public void Store(double* p) => *p = _value;

    public static OneLaneF64 operator +(OneLaneF64 a, OneLaneF64 b) => new(a._value + b._value);

    public static OneLaneF64 operator -(OneLaneF64 a, OneLaneF64 b) => new(a._value - b._value);

    public static OneLaneF64 operator *(OneLaneF64 a, double b) => new(a._value * b);
}

/// <summary>As many lanes as the machine's vectors have.</summary>
internal readonly unsafe struct ManyLanesF64(Vector<double> value) : ILanesF64<ManyLanesF64>
{
    private readonly Vector<double> _value = value;

    public static int Count => Vector<double>.Count;

    public static ManyLanesF64 Load(double* p) => new(Vector.Load(p));

    public void Store(double* p) => Vector.Store(_value, p);

    public static ManyLanesF64 operator +(ManyLanesF64 a, ManyLanesF64 b) => new(a._value + b._value);

    public static ManyLanesF64 operator -(ManyLanesF64 a, ManyLanesF64 b) => new(a._value - b._value);

    public static ManyLanesF64 operator *(ManyLanesF64 a, double b) => new(a._value * b);
}
