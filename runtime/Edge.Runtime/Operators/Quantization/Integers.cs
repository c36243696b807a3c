using Edge.Tensors;

namespace Edge.Runtime.Operators.Quantization;

/// <summary>Reading of zero points and scales while a node executes.</summary>
internal static unsafe class Integers
{
    /// <summary>Element <paramref name="i"/> of integers in memory; 0 where <paramref name="p"/> is null, as left-out zero points are.</summary>
    public static int At(DataType type, void* p, nint i) => p is null ? 0 : type.Unpacked() switch
    {
        DataType.UInt8 => ((byte*)p)[i],
        DataType.Int8 => ((sbyte*)p)[i],
        DataType.UInt16 => ((ushort*)p)[i],
        DataType.Int16 => ((short*)p)[i],
        _ => ((int*)p)[i],
    };

    /// <summary>One scale and zero point.</summary>
    public static QuantizationParameters Parameters(DataType type, float* scale, void* zeroPoint) => new(*scale, At(type, zeroPoint, 0));

    /// <summary>
    /// Fails unless inputs <paramref name="scale"/> and <paramref name="zeroPoint"/> hold one number each, of type float32
    /// and <paramref name="type"/>; the zero point may be left out.
    /// </summary>
    public static void RequireParameters(this InferContext c, int scale, int zeroPoint, DataType type)
    {
        c.RequireType(scale, DataType.Float32);
        if (c.Shape(scale).Count != 1) throw c.Error($"input {scale} has shape {c.Shape(scale)}; supported: one scale for the tensor");
        if (!c.Has(zeroPoint)) return;
        c.RequireType(zeroPoint, type);
        if (c.Shape(zeroPoint).Count != 1) throw c.Error($"input {zeroPoint} has shape {c.Shape(zeroPoint)}; supported: one zero point for the tensor");
    }
}
