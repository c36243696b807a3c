using System.Globalization;
using System.Numerics;
using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Cast;

/// <summary>
/// Numbers written as strings and strings read as numbers. Floating-point numbers are written as C's <c>%.8g</c>
/// does, float64 included, <c>NaN</c>, <c>INF</c> and <c>-INF</c> among them, and bool as 1 and 0, as ONNX Runtime
/// has it. A string that is not wholly a number of the type, apart from spaces around it, ends the run.
/// </summary>
internal sealed unsafe class TextCastExecutor(string path, DataType from, DataType to, int count) : Executor
{
    public override string Kernel { get; } = $"cast_{from.OnnxName()}_{to.OnnxName()}";

    public override void Execute(in StepContext c)
    {
        byte* x = c.Input<byte>(0), y = c.Output<byte>(0);
        if (to == DataType.String)
        {
            for (int i = 0; i < count; i++) ((long*)y)[i] = Texts.Intern(Written(x, i), path);
        }
        else
        {
            for (int i = 0; i < count; i++) Read(StringTable.Text(((long*)x)[i]), y, i);
        }
    }

    private string Written(byte* x, int i) => from switch
    {
        DataType.Float32 => Floating(((float*)x)[i]),
        DataType.Float64 => Floating(((double*)x)[i]),
        DataType.Float16 => Floating((float)((Half*)x)[i]),
        DataType.BFloat16 => Floating(BitConverter.UInt32BitsToSingle((uint)((ushort*)x)[i] << 16)),
        DataType.Bool => x[i] != 0 ? "1" : "0",
        DataType.UInt8 => Integer(x[i]),
        DataType.Int8 => Integer(((sbyte*)x)[i]),
        DataType.UInt16 => Integer(((ushort*)x)[i]),
        DataType.Int16 => Integer(((short*)x)[i]),
        DataType.UInt32 => Integer(((uint*)x)[i]),
        DataType.Int32 => Integer(((int*)x)[i]),
        DataType.UInt64 => Integer(((ulong*)x)[i]),
        _ => Integer(((long*)x)[i]),
    };

    private static string Integer<T>(T value) where T : IBinaryInteger<T> => value.ToString(null, CultureInfo.InvariantCulture);

    private static string Floating<T>(T value) where T : IFloatingPointIeee754<T> =>
        T.IsNaN(value) ? "NaN"
        : T.IsInfinity(value) ? (T.IsNegative(value) ? "-INF" : "INF")
        : value.ToString("g8", CultureInfo.InvariantCulture);

    private void Read(string text, byte* y, int i)
    {
        switch (to)
        {
            case DataType.Float32: ((float*)y)[i] = Parse<float>(text); break;
            case DataType.Float64: ((double*)y)[i] = Parse<double>(text); break;
            case DataType.Float16: ((Half*)y)[i] = (Half)Parse<float>(text); break;
            case DataType.BFloat16:
                float value = Parse<float>(text);
                ElementCast.Find(DataType.Float32, DataType.BFloat16)(&value, (ushort*)y + i, 1);
                break;
            case DataType.Bool: y[i] = (byte)(Parse<long>(text) != 0 ? 1 : 0); break;
            case DataType.UInt8: y[i] = Parse<byte>(text); break;
            case DataType.Int8: ((sbyte*)y)[i] = Parse<sbyte>(text); break;
            case DataType.UInt16: ((ushort*)y)[i] = Parse<ushort>(text); break;
            case DataType.Int16: ((short*)y)[i] = Parse<short>(text); break;
            case DataType.UInt32: ((uint*)y)[i] = Parse<uint>(text); break;
            case DataType.Int32: ((int*)y)[i] = Parse<int>(text); break;
            case DataType.UInt64: ((ulong*)y)[i] = Parse<ulong>(text); break;
            default: ((long*)y)[i] = Parse<long>(text); break;
        }
    }

    private T Parse<T>(string text) where T : INumber<T>
    {
        var style = typeof(T) == typeof(float) || typeof(T) == typeof(double) ? NumberStyles.Float : NumberStyles.Integer;
        if (T.TryParse(text, style, CultureInfo.InvariantCulture, out var value)) return value;
        var bare = text.AsSpan().Trim();
        bool negative = bare is ['-', ..];
        var word = bare is ['-' or '+', ..] ? bare[1..] : bare;
        if (style == NumberStyles.Float && (word.Equals("inf", StringComparison.OrdinalIgnoreCase) || word.Equals("infinity", StringComparison.OrdinalIgnoreCase)))
            return T.CreateTruncating(negative ? double.NegativeInfinity : double.PositiveInfinity);
        throw new ModelException($"{path}: the string '{Short(text)}' is no {to.OnnxName()}");
    }

    private static string Short(string text) => text.Length <= 40 ? text : text[..37] + "...";
}
