using System.Runtime.InteropServices;
using Edge.Tensors;

namespace Edge.Quantization.Certificates;

/// <summary>Inputs made from a seed, the same on every machine.</summary>
internal static class Probes
{
    /// <summary>Elements of an integer input that a certificate holds at most.</summary>
    private const int MostIntegers = 4096;

    /// <summary>How inputs like those of a sample are made; empty where a type has no probe.</summary>
    /// <param name="sample">One sample.</param>
    /// <param name="ranges">Least and largest value of each float input over the samples.</param>
    public static IReadOnlyList<ProbeInput> Like(IReadOnlyList<Tensor> sample, IReadOnlyList<(float Low, float High)> ranges)
    {
        var inputs = new List<ProbeInput>();
        for (int i = 0; i < sample.Count; i++)
        {
            Tensor t = sample[i];
            if (t.Type == DataType.Float32) inputs.Add(new ProbeInput(t.Shape.ToArray(), ranges[i].Low, ranges[i].High, null));
            else if (t.Type is DataType.Int32 or DataType.Int64 or DataType.Bool or DataType.UInt8 or DataType.Int8 && t.Count <= MostIntegers) inputs.Add(new ProbeInput(t.Shape.ToArray(), 0, 0, Integers(t)));
            else return [];
        }
        return inputs;
    }

    /// <summary>The inputs of probe <paramref name="number"/>.</summary>
    /// <param name="inputs">How they are made.</param>
    /// <param name="types">Type of each.</param>
    /// <param name="number">From 0.</param>
    public static Tensor[] Make(IReadOnlyList<ProbeInput> inputs, IReadOnlyList<DataType> types, int number)
    {
        var tensors = new Tensor[inputs.Count];
        for (int i = 0; i < tensors.Length; i++)
        {
            tensors[i] = Tensor.Create(types[i], new Shape([.. inputs[i].Shape]));
            if (inputs[i].Values is { } values) Fill(tensors[i], values);
            else Fill(tensors[i].AsSpan<float>(), inputs[i], (((ulong)number * 1000) + (ulong)i) << 32);
        }
        return tensors;
    }

    private static void Fill(Span<float> values, ProbeInput input, ulong seed)
    {
        for (int i = 0; i < values.Length; i++)
        {
            // 24 bits, so that the share is an exact float and the value the same wherever floats are IEEE's.
            float share = (Mix(seed + (ulong)i) >> 40) * (1f / (1 << 24));
            values[i] = input.Low + ((input.High - input.Low) * share);
        }
    }

    /// <summary>SplitMix64 (Steele, Lea and Flood 2014).</summary>
    private static ulong Mix(ulong z)
    {
        z = (z + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private static long[] Integers(Tensor t) => t.Type switch
    {
        DataType.Int64 => t.AsSpan<long>().ToArray(),
        DataType.Int32 => Array.ConvertAll(t.AsSpan<int>().ToArray(), v => (long)v),
        DataType.Int8 => Array.ConvertAll(MemoryMarshal.Cast<byte, sbyte>(t.Bytes).ToArray(), v => (long)v),
        _ => Array.ConvertAll(t.Bytes.ToArray(), v => (long)v),
    };

    private static void Fill(Tensor t, IReadOnlyList<long> values)
    {
        for (int i = 0; i < values.Count; i++)
        {
            switch (t.Type)
            {
                case DataType.Int64: t.AsSpan<long>()[i] = values[i]; break;
                case DataType.Int32: t.AsSpan<int>()[i] = (int)values[i]; break;
                default: t.Bytes[i] = unchecked((byte)values[i]); break;
            }
        }
    }
}
