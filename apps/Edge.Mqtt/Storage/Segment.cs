using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Edge.Mqtt.Storage;

/// <summary>
/// One append-only file with the records from <see cref="FirstOrdinal"/> up to <see cref="EndOrdinal"/>, exclusive. The
/// file's name is its first ordinal. Not synchronised: the <see cref="SegmentStore"/> guards it.
/// </summary>
internal sealed class Segment(string path, long firstOrdinal)
{
    private const string Extension = ".seg";

    public string Path { get; } = path;

    public long FirstOrdinal { get; } = firstOrdinal;

    /// <summary>One behind the last record that is committed; for a segment of an earlier run, the first of the next segment.</summary>
    public long EndOrdinal { get; set; } = firstOrdinal;

    /// <summary>Committed bytes, header included.</summary>
    public long Length { get; set; }

    public static string PathOf(string directory, long firstOrdinal) =>
        System.IO.Path.Combine(directory, firstOrdinal.ToString("D20", CultureInfo.InvariantCulture) + Extension);

    /// <summary>The segments in <paramref name="directory"/>, oldest first. Other files are left alone.</summary>
    public static List<Segment> List(string directory)
    {
        var segments = new List<Segment>();
        foreach (string path in Directory.EnumerateFiles(directory, "*" + Extension))
            if (long.TryParse(System.IO.Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out long first))
                segments.Add(new Segment(path, first) { Length = new FileInfo(path).Length });
        segments.Sort((a, b) => a.FirstOrdinal.CompareTo(b.FirstOrdinal));
        for (int i = 0; i + 1 < segments.Count; i++)
            segments[i].EndOrdinal = segments[i + 1].FirstOrdinal;
        return segments;
    }

    public SafeFileHandle OpenForReading() =>
        File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>
    /// After a crash, the newest segment may end within a record. Finds the end of the last intact record, cuts what follows and sets
    /// <see cref="EndOrdinal"/> and <see cref="Length"/>. Damage between intact records stays for the reader to report.
    /// </summary>
    /// <returns>Bytes that were cut off; they were never reported as committed.</returns>
    public long RecoverTail()
    {
        byte[] bytes = File.ReadAllBytes(Path);
        long next = FirstOrdinal;
        int end = Math.Min(bytes.Length, RecordFormat.SegmentHeaderLength);
        for (int at = end; at < bytes.Length;)
        {
            ReadOnlySpan<byte> rest = bytes.AsSpan(at);
            // As many records fit into the rest as it has headers, so that an ordinal far away is damage.
            int found = RecordFormat.FindRecord(rest, next, next + 1 + rest.Length / RecordFormat.RecordHeaderLength);
            if (found < 0)
                break;
            at += found;
            RecordFormat.TryReadHeader(bytes.AsSpan(at), out long ordinal, out int bodyLength);
            at += RecordFormat.RecordHeaderLength + bodyLength;
            end = at;
            next = ordinal + 1;
        }
        EndOrdinal = next;
        Length = end;
        if (end == bytes.Length)
            return 0;
        using SafeFileHandle handle = File.OpenHandle(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.SetLength(handle, end);
        RandomAccess.FlushToDisk(handle);
        return bytes.Length - end;
    }
}
