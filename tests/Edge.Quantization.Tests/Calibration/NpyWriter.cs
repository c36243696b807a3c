using System.IO.Compression;
using System.Text;

namespace Edge.Quantization.Tests.Calibration;

/// <summary>Writes array files as NumPy does, also wrong ones.</summary>
internal static class NpyWriter
{
    public static byte[] Npy(string descr, string shape, byte[] elements, bool fortran = false, byte major = 1) =>
        WithHeader($"{{'descr': '{descr}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': ({shape}), }}", elements, major);

    public static byte[] WithHeader(string header, byte[] elements, byte major = 1)
    {
        int prefix = major == 1 ? 10 : 12;
        string padded = header.PadRight((prefix + header.Length + 1 + 63) / 64 * 64 - prefix - 1) + "\n";
        byte[] text = Encoding.ASCII.GetBytes(padded);
        using var file = new MemoryStream();
        file.Write([0x93, .. "NUMPY"u8, major, 0]);
        file.Write(BitConverter.GetBytes(text.Length).AsSpan(0, major == 1 ? 2 : 4));
        file.Write(text);
        file.Write(elements);
        return file.ToArray();
    }

    public static byte[] Npz(CompressionLevel level, params (string Name, byte[] Npy)[] members)
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] npy) in members)
            {
                using Stream entry = archive.CreateEntry(name + ".npy", level).Open();
                entry.Write(npy);
            }
        }
        return file.ToArray();
    }

    public static byte[] Bytes<T>(params T[] values) where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.AsBytes<T>(values).ToArray();
}
