using System.Runtime.InteropServices;
using System.Text;

namespace Edge.Mqtt.Storage;

/// <summary>
/// Makes the names in a directory durable. POSIX lets a new file's name be lost with the power even after the file itself
/// was flushed; .NET cannot open a directory, hence the C library. Windows keeps names in its journal.
/// </summary>
internal static class DirectoryEntry
{
    private const int OpenReadOnly = 0; // O_RDONLY is 0 on Linux and macOS, any architecture

    /// <exception cref="IOException">The directory cannot be opened or flushed.</exception>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        int descriptor = Open(Encoding.UTF8.GetBytes(directory + '\0'), OpenReadOnly);
        if (descriptor < 0)
            throw Failed(directory, "open");
        try
        {
            if (Fsync(descriptor) < 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
                throw Failed(directory, "flush");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>EINVAL: the file system has no notion of flushing a directory (some network and FUSE file systems).</summary>
    private const int InvalidArgument = 22;

    private static IOException Failed(string directory, string what) =>
        new($"cannot {what} the directory {directory}: {Marshal.GetLastPInvokeErrorMessage()}");

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
