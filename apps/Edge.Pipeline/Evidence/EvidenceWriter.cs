using System.Buffers;
using System.Security.Cryptography;
using Edge.Imaging;
using Edge.Pipeline.Decisions;
using Edge.Pipeline.Events;
using Edge.Pipeline.Postprocessing;

namespace Edge.Pipeline.Evidence;

/// <summary>
/// Keeps annotated pictures in a folder, within limits: <c>{event id}.jpg</c>, each written in one step. Event ids sort by time,
/// so that the oldest are the first by name; pictures of earlier runs count towards the limits.
/// </summary>
/// <remarks>Not safe for concurrent use. One writer a folder.</remarks>
public sealed class EvidenceWriter
{
    private const string Extension = ".jpg";
    private readonly EvidenceOptions _options;
    private readonly IImageCodec _codec;
    private readonly Queue<(string Path, long Bytes)> _kept = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 16);
    private long _bytes;

    /// <param name="options">Where and how much.</param>
    /// <param name="codec">
    /// Encodes; the fastest there is when null, because what evidence looks like to the byte does not matter.
    /// </param>
    /// <exception cref="ImageException">The folder cannot be made or read; the message names it.</exception>
    public EvidenceWriter(EvidenceOptions options, IImageCodec? codec = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxFiles, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBytes, 1, nameof(options));
        (_options, _codec) = (options, codec ?? ImageCodec.Create(CodecChoice.Auto));
        try
        {
            Directory.CreateDirectory(options.Folder);
            foreach (FileInfo file in new DirectoryInfo(options.Folder).EnumerateFiles("*" + Extension).Where(IsOurs).OrderBy(f => f.Name, StringComparer.Ordinal))
            {
                _kept.Enqueue((file.FullName, file.Length));
                _bytes += file.Length;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImageException($"{options.Folder}: cannot keep evidence there: {e.Message}", e);
        }
    }

    /// <summary>Pictures kept now.</summary>
    public int Count => _kept.Count;

    /// <summary>Pictures deleted to stay within the limits.</summary>
    public long Deleted { get; private set; }

    /// <summary>
    /// Draws, encodes and writes, if the verdict is one of those kept.
    /// </summary>
    /// <returns>Where it is, relative to the folder; null if the verdict's pictures are not kept.</returns>
    /// <exception cref="ImageException">The file cannot be written; the message names it.</exception>
    public EvidenceReference? Write(string eventId, ImageView image, Labels labels, Findings findings, in Decision decision, string title)
    {
        if (!_options.Verdicts.Contains(decision.Verdict)) return null;
        Identifier.RequireWellFormed(eventId, "eventid");
        using Bitmap painted = EvidencePainter.Paint(image, labels, findings, decision, title);
        _buffer.ResetWrittenCount();
        _codec.Encode(painted.View, ImageKind.Jpeg, _options.Quality, _buffer);
        string name = eventId + Extension, path = Path.Combine(_options.Folder, name);
        MakeRoom(_buffer.WrittenCount);
        AtomicFile.Write(path, _buffer.WrittenSpan);
        _kept.Enqueue((path, _buffer.WrittenCount));
        _bytes += _buffer.WrittenCount;
        return new EvidenceReference(name, "image/jpeg", Convert.ToHexStringLower(SHA256.HashData(_buffer.WrittenSpan)));
    }

    private void MakeRoom(long bytes)
    {
        while (_kept.Count > 0 && (_kept.Count >= _options.MaxFiles || _bytes + bytes > _options.MaxBytes))
        {
            (string path, long size) = _kept.Peek();
            try
            {
                File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ImageException($"{path}: cannot be deleted to stay within the limit: {e.Message}", e);
            }
            _kept.Dequeue();
            _bytes -= size;
            Deleted++;
        }
    }

    /// <summary>Other pictures in the folder are not counted and never deleted.</summary>
    private static bool IsOurs(FileInfo file) => Guid.TryParseExact(Path.GetFileNameWithoutExtension(file.Name), "N", out _);
}
