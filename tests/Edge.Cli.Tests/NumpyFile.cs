using System.Runtime.InteropServices;
using System.Text;

namespace Edge.Cli.Tests;

/// <summary>Writes <c>.npy</c> files (NumPy's format, version 1.0).</summary>
internal static class NumpyFile
{
    public static byte[] Of<T>(string descr, ReadOnlySpan<T> values, params int[] shape) where T : unmanaged
    {
        string header = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({string.Join(", ", shape)}{(shape.Length == 1 ? "," : "")}), }}";
        header = header.PadRight((10 + header.Length + 64) / 64 * 64 - 11) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header), .. MemoryMarshal.AsBytes(values)];
    }
}
