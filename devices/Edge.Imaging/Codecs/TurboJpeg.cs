using System.Runtime.InteropServices;

namespace Edge.Imaging.Codecs;

/// <summary>The TurboJPEG C API as its version 2 has it; version 3 keeps these entry points.</summary>
internal static unsafe partial class TurboJpeg
{
    public const string Library = "libturbojpeg.so.0";

    /// <summary>TJPF_RGB, TJPF_GRAY.</summary>
    public const int PixelFormatRgb = 0, PixelFormatGray = 6;

    /// <summary>TJSAMP_420, TJSAMP_GRAY.</summary>
    public const int Subsampling420 = 2, SubsamplingGray = 3;

    /// <summary>TJFLAG_NOREALLOC, TJFLAG_ACCURATEDCT, TJFLAG_STOPONWARNING.</summary>
    public const int NoRealloc = 1024, AccurateDct = 4096, StopOnWarning = 8192;

    /// <summary>Whether the library can be loaded; looked for once.</summary>
    public static bool IsAvailable { get; } = NativeLibrary.TryLoad(Library, typeof(TurboJpeg).Assembly, null, out _);

    [LibraryImport(Library, EntryPoint = "tjInitDecompress")]
    public static partial nint InitDecompress();

    [LibraryImport(Library, EntryPoint = "tjInitCompress")]
    public static partial nint InitCompress();

    [LibraryImport(Library, EntryPoint = "tjDestroy")]
    public static partial int Destroy(nint handle);

    [LibraryImport(Library, EntryPoint = "tjDecompress2")]
    public static partial int Decompress(
        TurboHandle handle, byte* jpeg, CULong jpegSize, byte* pixels, int width, int pitch, int height, int pixelFormat, int flags);

    [LibraryImport(Library, EntryPoint = "tjCompress2")]
    public static partial int Compress(
        TurboHandle handle, byte* pixels, int width, int pitch, int height, int pixelFormat, byte** jpeg, CULong* jpegSize, int subsampling, int quality, int flags);

    [LibraryImport(Library, EntryPoint = "tjBufSize")]
    public static partial CULong BufferSize(int width, int height, int subsampling);

    [LibraryImport(Library, EntryPoint = "tjGetErrorStr2")]
    private static partial byte* ErrorText(TurboHandle handle);

    public static string Error(TurboHandle handle) => Marshal.PtrToStringUTF8((nint)ErrorText(handle)) ?? "unknown error";
}

/// <summary>A compressor's or decompressor's instance; used by one thread at a time.</summary>
internal sealed class TurboHandle : SafeHandle
{
    public TurboHandle(nint handle)
        : base(0, ownsHandle: true) => SetHandle(handle);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => TurboJpeg.Destroy(handle) == 0;
}
