using System.Runtime.InteropServices;
using Edge.Cli.Output;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Cli.Commands;

/// <summary>Input for measurements, where the values do not matter.</summary>
internal static class RandomTensors
{
    /// <summary>One an input, the same each time; free dimensions take the named size, else 1.</summary>
    public static Tensor[] For(IReadOnlyList<TensorInfo> inputs, IReadOnlyDictionary<string, int> sizes)
    {
        var random = new Random(1);
        return [.. ModelArguments.Shapes(inputs, sizes).Select((s, i) => Create(inputs[i].Type, s, random))];
    }

    /// <summary>Floats in [0, 1), bytes of the full range, integers 0 or 1 (indices and lengths stay valid), strings of one letter.</summary>
    public static Tensor Create(DataType type, Shape shape, Random random)
    {
        var t = Tensor.Create(type, shape);
        switch (type)
        {
            case DataType.Float32:
                foreach (ref float v in t.AsSpan<float>()) v = random.NextSingle();
                break;
            case DataType.Float64:
                foreach (ref double v in t.AsSpan<double>()) v = random.NextDouble();
                break;
            case DataType.Float16:
                foreach (ref Half v in t.AsSpan<Half>()) v = (Half)random.NextSingle();
                break;
            case DataType.BFloat16:
                // The upper half of a float32.
                foreach (ref ushort v in MemoryMarshal.Cast<byte, ushort>(t.Bytes)) v = (ushort)(BitConverter.SingleToUInt32Bits(random.NextSingle()) >> 16);
                break;
            case DataType.UInt8 or DataType.Int8:
                random.NextBytes(t.Bytes);
                break;
            case DataType.String:
                return Tensor.FromStrings(shape, [.. Enumerable.Range(0, shape.Count).Select(_ => $"{(char)('a' + random.Next(26))}")]);
            case DataType.Undefined:
                throw new CommandException($"random input of type {type.OnnxName()} is not made; use `edge run` with data");
            default:
                for (int i = 0; i < t.Bytes.Length; i += type.Size()) t.Bytes[i] = (byte)random.Next(2);
                break;
        }

        return t;
    }
}
