using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.QLinearConv;

/// <summary>Reading of the scales, zero points and ranges of quantized operators.</summary>
internal static class Quantized
{
    /// <summary>The elements of an int8, uint8 or int32 tensor as int32.</summary>
    public static int[] Integers(Tensor t) => t.Type switch
    {
        DataType.UInt8 => Array.ConvertAll(t.AsSpan<byte>().ToArray(), v => (int)v),
        DataType.Int8 => Array.ConvertAll(t.AsSpan<sbyte>().ToArray(), v => (int)v),
        _ => t.AsSpan<int>().ToArray(),
    };

    /// <summary>One byte as the integer of the type.</summary>
    public static unsafe int At(byte* data, bool signed, nint i) => signed ? ((sbyte*)data)[i] : data[i];

    /// <summary>The elements of a tensor of scales.</summary>
    public static float[] Scales(Tensor t) => t.AsSpan<float>().ToArray();

    /// <summary>Whether input <paramref name="input"/> is left out, or known. An index of −1 is an input the operator does not have.</summary>
    public static bool IsKnown(this PrepareContext c, int input) => input < 0 || !c.Has(input) || c.Constant(input) is not null;

    /// <summary>
    /// Fails unless the input is one number, or one for each of <paramref name="channels"/>; passes where it is left out.
    /// </summary>
    public static void RequirePerChannel(this InferContext c, int input, int channels, string what)
    {
        if (input < 0 || !c.Has(input)) return;
        var s = c.Shape(input);
        if (s.Count == 1 || (s.Rank == 1 && s[0] == channels)) return;
        throw c.Error($"{what} of shape {s} is not supported; supported: one number{(channels > 1 ? $", or one for each of {channels} output channels" : "")}");
    }

    /// <summary>Fails unless a given zero point has the type of the tensor that it belongs to.</summary>
    public static void RequireSameType(this InferContext c, int input, int zeroPoint)
    {
        if (zeroPoint >= 0 && c.Has(zeroPoint)) c.RequireType(zeroPoint, c.Type(input));
    }

    /// <summary>Reads the range that a pass has narrowed; the requantization narrows it to the type besides.</summary>
    public static (int Low, int High) Range(NodeAttributes attributes) =>
        (checked((int)attributes.Int("activation_low", int.MinValue / 2)), checked((int)attributes.Int("activation_high", int.MaxValue / 2)));
}
