using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Edge.Testing;

namespace Edge.Runtime.Tests.Streaming;

/// <summary>Recorded sound, vibration and engine sensors of the shared folder.</summary>
internal static class Signals
{
    /// <summary>The samples of a mono wave file of 16 bits, from −32768 to 32767.</summary>
    public static float[] Wave(string name)
    {
        ReadOnlySpan<byte> file = File.ReadAllBytes(SharedData.Require($"labelled/audio/{name}"));
        int at = 12;
        while (!file.Slice(at, 4).SequenceEqual("data"u8)) at += 8 + BinaryPrimitives.ReadInt32LittleEndian(file[(at + 4)..]);
        int bytes = Math.Min(BinaryPrimitives.ReadInt32LittleEndian(file[(at + 4)..]), file.Length - at - 8);
        return Array.ConvertAll(MemoryMarshal.Cast<byte, short>(file.Slice(at + 8, bytes)).ToArray(), s => (float)s);
    }

    /// <summary>A recording of raw float32.</summary>
    public static float[] Vibration(string name) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(SharedData.Require($"series/cwru_12k_de/{name}"))).ToArray();

    /// <summary>The 14 sensors of turbofan engines that vary, scaled to 0…1, a row a flight.</summary>
    public static float[] Engines()
    {
        int[] columns = [6, 7, 8, 11, 12, 13, 15, 16, 17, 18, 19, 21, 24, 25];
        var rows = File.ReadLines(SharedData.Require("series/cmapss/test_FD001.txt"))
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(f => Array.ConvertAll(columns, c => float.Parse(f[c], CultureInfo.InvariantCulture))).ToArray();
        var (low, high) = (columns.Select((_, c) => rows.Min(r => r[c])).ToArray(), columns.Select((_, c) => rows.Max(r => r[c])).ToArray());
        return [.. rows.SelectMany(r => r.Select((v, c) => (v - low[c]) / (high[c] - low[c])))];
    }

    /// <summary>Magnitudes of the discrete Fourier transform of real numbers, from 0 to half their number.</summary>
    public static float[] Magnitudes(ReadOnlySpan<float> x)
    {
        var result = new float[x.Length / 2 + 1];
        for (int k = 0; k < result.Length; k++)
        {
            double re = 0, im = 0;
            for (int n = 0; n < x.Length; n++)
            {
                var (sin, cos) = Math.SinCos(2 * Math.PI * (k * n % x.Length) / x.Length);
                re += x[n] * cos;
                im += x[n] * sin;
            }

            result[k] = (float)Math.Sqrt(re * re + im * im);
        }

        return result;
    }
}
