using System.Numerics;

namespace Edge.Training;

/// <summary>A function applied to each element.</summary>
public enum Nonlinearity
{
    /// <summary>x</summary>
    None,

    /// <summary>max(x, 0)</summary>
    Relu,

    /// <summary>min(max(x, 0), 6)</summary>
    Relu6,

    /// <summary>x · max(0, min(1, x/6 + 1/2))</summary>
    HardSwish,

    /// <summary>1 / (1 + e⁻ˣ)</summary>
    Sigmoid,
}

/// <summary>One function and its derivative, both of the argument, on a vector of elements.</summary>
internal interface INonlinearity
{
    static abstract Vector<float> Apply(Vector<float> x);

    /// <summary>0 at a kink's flat side.</summary>
    static abstract Vector<float> Slope(Vector<float> x);
}

internal readonly struct Linear : INonlinearity
{
    public static Vector<float> Apply(Vector<float> x) => x;

    public static Vector<float> Slope(Vector<float> x) => Vector<float>.One;
}

internal readonly struct Rectified : INonlinearity
{
    public static Vector<float> Apply(Vector<float> x) => Vector.Max(x, Vector<float>.Zero);

    public static Vector<float> Slope(Vector<float> x) =>
        Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), Vector<float>.One, Vector<float>.Zero);
}

internal readonly struct Rectified6 : INonlinearity
{
    private static Vector<float> Six => new(6f);

    public static Vector<float> Apply(Vector<float> x) => Vector.Min(Vector.Max(x, Vector<float>.Zero), Six);

    public static Vector<float> Slope(Vector<float> x) =>
        Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero) & Vector.LessThan(x, Six), Vector<float>.One, Vector<float>.Zero);
}

internal readonly struct HardSwish : INonlinearity
{
    public static Vector<float> Apply(Vector<float> x) =>
        x * Vector.Min(Vector.Max(x * (1f / 6) + new Vector<float>(0.5f), Vector<float>.Zero), Vector<float>.One);

    public static Vector<float> Slope(Vector<float> x)
    {
        Vector<float> middle = x * (1f / 3) + new Vector<float>(0.5f);
        Vector<float> upper = Vector.ConditionalSelect(Vector.LessThan(x, new Vector<float>(3f)), middle, Vector<float>.One);
        return Vector.ConditionalSelect(Vector.GreaterThan(x, new Vector<float>(-3f)), upper, Vector<float>.Zero);
    }
}

internal readonly struct Logistic : INonlinearity
{
    public static Vector<float> Apply(Vector<float> x) => Vector<float>.One / (Vector<float>.One + Vector.Exp(-x));

    public static Vector<float> Slope(Vector<float> x)
    {
        Vector<float> y = Apply(x);
        return y * (Vector<float>.One - y);
    }
}
