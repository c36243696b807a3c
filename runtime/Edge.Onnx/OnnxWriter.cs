using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>
/// Writes models and tensors in ONNX's wire format: fields in the order of their numbers, as protobuf's own writers do, unknown
/// fields last. Methods are safe to call from several threads on different messages.
/// </summary>
public static class OnnxWriter
{
    /// <summary>Protobuf, and with it every reader of ONNX, takes no message above this many bytes.</summary>
    public const long MaxLength = int.MaxValue;

    /// <summary>The bytes that <see cref="Write(ModelProto, Stream)"/> would write.</summary>
    public static long Measure(ModelProto model) => MeasureMessage(model).Total;

    /// <exception cref="ModelException">The model is too large, too deep or has text that is not Unicode; nothing was written.</exception>
    public static void Write(ModelProto model, Stream stream) => WriteMessage(model, stream);

    /// <inheritdoc cref="Write(ModelProto, Stream)"/>
    public static void Write(TensorProto tensor, Stream stream) => WriteMessage(tensor, stream);

    /// <summary>
    /// Writes a model to a file that is whole or not there: first to a temporary file in the same folder, which is flushed to the
    /// disk and then takes the name, replacing what was there.
    /// </summary>
    /// <exception cref="ModelException">The model cannot be written, or the file or its folder is not writable.</exception>
    public static void Save(ModelProto model, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full)) throw new ModelException($"cannot write '{path}': it is a folder");
        string folder = Path.GetDirectoryName(full)!;
        if (!Directory.Exists(folder)) throw new ModelException($"cannot write '{path}': there is no folder '{folder}'");
        string partial = Path.Combine(folder, $".edge-{Guid.NewGuid():N}.tmp");
        try
        {
            using (FileStream file = new(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                WriteMessage(model, file);
                file.Flush(flushToDisk: true);
            }
            File.Move(partial, full, overwrite: true);
        }
        catch (Exception e)
        {
            Discard(partial);
            if (e is IOException or UnauthorizedAccessException) throw new ModelException($"cannot write '{path}': {e.Message}", e);
            throw;
        }
    }

    private static void WriteMessage(OnnxMessage message, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(stream);
        MeasuringSink measured = MeasureMessage(message);
        if (measured.Total > MaxLength)
        {
            throw new ModelException(
                $"the model takes {measured.Total:N0} bytes, more than the {MaxLength:N0} that an ONNX file may have; move weights to external data");
        }
        WritingSink sink = new(stream, measured.Sizes);
        message.WriteAll(sink);
        sink.Flush();
    }

    private static MeasuringSink MeasureMessage(OnnxMessage message)
    {
        MeasuringSink sink = new();
        message.WriteAll(sink);
        return sink;
    }

    private static void Discard(string partial)
    {
        try
        {
            File.Delete(partial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The reason that the caller is told is the first one; a folder that refuses this too is not told twice.
        }
    }
}
