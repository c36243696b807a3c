using System.Globalization;

namespace Edge.Quantization.Report;

/// <summary>The figures of a promise in words, in the unit that its metric has; the same in all reports.</summary>
public static class PromiseText
{
    /// <summary>A value of the metric: <c>87.50 %</c>, or bare where the metric has no unit.</summary>
    public static string Value(double value, PromiseReport promise)
    {
        ArgumentNullException.ThrowIfNull(promise);
        return promise.Unit == "%" ? Number(value, "0.00") + " %" : Number(value, "G5");
    }

    /// <summary>A drop as the promise counts it: <c>0.50 points</c>, <c>1.00 % of it</c>, or a bare difference.</summary>
    public static string Drop(double drop, PromiseReport promise)
    {
        ArgumentNullException.ThrowIfNull(promise);
        return promise.Relative ? Number(100 * drop, "0.00") + " % of it" : promise.Unit == "%" ? Number(drop, "0.00") + " points" : Number(drop, "G3");
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
