using System.Runtime.InteropServices;
using System.Text;
using Edge.Devices;
using Edge.Imaging;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Evaluation.Tests;

/// <summary>A folder of made data, deleted with its content at the end.</summary>
internal sealed class DataFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("edge-evaluation-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Text(string name, string content) => Bytes(name, Encoding.UTF8.GetBytes(content));

    public string Bytes(string name, byte[] content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        File.WriteAllBytes(this[name], content);
        return this[name];
    }

    /// <summary>A picture of one grey value, 8×8 or of another size.</summary>
    public string Picture(string name, byte value, int width = 8, int height = 8) => Picture(name, width, height, (_, _) => value);

    public string Picture(string name, int width, int height, Func<int, int, byte> value)
    {
        using var bitmap = new Bitmap(width, height, PixelFormat.Rgb24);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) bitmap.Row(y).Slice(3 * x, 3).Fill(value(x, y));
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        ImageCodec.Default.Save(bitmap.View, this[name]);
        return this[name];
    }

    /// <summary>A <c>.npy</c> file.</summary>
    public string Array<T>(string name, string descr, T[] values, params int[] shape) where T : unmanaged => Bytes(name, Npy(descr, values, shape));

    public static byte[] Npy<T>(string descr, T[] values, params int[] shape) where T : unmanaged
    {
        string header = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({string.Join(", ", shape)}{(shape.Length == 1 ? "," : "")}), }}";
        header = header.PadRight((10 + header.Length + 64) / 64 * 64 - 11) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header), .. MemoryMarshal.AsBytes<T>(values)];
    }

    /// <summary>A recording of 16-bit PCM.</summary>
    public string Wave(string name, int channels, params short[] samples) => Wave(name, channels, 16000, samples);

    public string Wave(string name, int channels, int rate, short[] samples)
    {
        byte[] data = MemoryMarshal.AsBytes<short>(samples).ToArray();
        return Bytes(name, [.. "RIFF"u8, .. BitConverter.GetBytes(36 + data.Length), .. "WAVEfmt "u8, .. BitConverter.GetBytes(16), 1, 0, (byte)channels, 0,
            .. BitConverter.GetBytes(rate), .. BitConverter.GetBytes(2 * rate * channels), (byte)(2 * channels), 0, 16, 0, .. "data"u8, .. BitConverter.GetBytes(data.Length), .. data]);
    }

    public static TensorInfo Info(string name, params int[] dims) => new(name, DataType.Float32, [.. dims.Select(d => new Dimension(d))]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
