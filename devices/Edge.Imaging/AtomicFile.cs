namespace Edge.Imaging;

/// <summary>Files that appear complete or not at all.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes to a temporary file in the same folder, then renames it over <paramref name="path"/>, so that a reader never
    /// sees half a picture and a crash leaves the old file or none.
    /// </summary>
    /// <exception cref="ImageException">The file cannot be written; the message names it.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        string temporary = $"{path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}.tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
                file.Write(bytes);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            TryDelete(temporary);
            throw new ImageException($"{path}: cannot be written: {e.Message}", e);
        }
    }

    private static void TryDelete(string path)
    {
        // The write has already failed and is reported; a leftover that cannot be removed either adds nothing to that.
        try { File.Delete(path); }
        catch (IOException) { }
        catch (UnauthorizedAccessException) { }
    }
}
