using System.Buffers.Binary;

namespace Edge.Evaluation.Samples;

/// <summary>
/// Recordings in RIFF/WAVE files: PCM of 8, 16, 24 and 32 bits, and float of 32 and 64. Sizes that a header claims are held
/// against the file's own.
/// </summary>
/// <param name="Format">1: PCM; 3: float.</param>
/// <param name="Channels">1 or more.</param>
/// <param name="Rate">Samples a second and channel.</param>
/// <param name="Bits">Of one sample.</param>
/// <param name="Start">Place of the first sample in the file.</param>
/// <param name="Frames">Samples a channel.</param>
internal sealed record WaveFile(int Format, int Channels, int Rate, int Bits, long Start, int Frames)
{
    /// <summary>An hour of 16 kHz stereo in float is 460 MB.</summary>
    private const long MaxBytes = 1L << 30;

    /// <summary>What the fastest converters of sound and vibration do is far below.</summary>
    private const int MostRate = 10_000_000;

    /// <summary>Formats that wrap another one (WAVE_FORMAT_EXTENSIBLE).</summary>
    private const int Extensible = 0xFFFE;

    /// <exception cref="DataException">No such file, or none of those that are read.</exception>
    public static WaveFile ReadHeader(string path)
    {
        using FileStream file = Open(path);
        return ReadHeader(file, path);
    }

    /// <summary>All samples, −1…1, the mean of the channels, and how many there are a second.</summary>
    /// <exception cref="DataException">As for <see cref="ReadHeader(string)"/>.</exception>
    public static (float[] Sound, int Rate) ReadMono(string path)
    {
        using FileStream file = Open(path);
        WaveFile wave = ReadHeader(file, path);
        byte[] bytes = new byte[checked(wave.Frames * wave.Channels * (wave.Bits / 8))];
        file.Position = wave.Start;
        file.ReadExactly(bytes);
        float[] sound = new float[wave.Frames];
        int size = wave.Bits / 8;
        for (int i = 0; i < sound.Length; i++)
        {
            double sum = 0;
            for (int c = 0; c < wave.Channels; c++) sum += wave.Sample(bytes.AsSpan((i * wave.Channels + c) * size, size));
            sound[i] = (float)(sum / wave.Channels);
        }
        return (sound, wave.Rate);
    }

    private double Sample(ReadOnlySpan<byte> s) => (Format, Bits) switch
    {
        (1, 8) => (s[0] - 128) / 128.0,
        (1, 16) => BinaryPrimitives.ReadInt16LittleEndian(s) / 32768.0,
        (1, 24) => ((s[0] << 8 | s[1] << 16 | s[2] << 24) >> 8) / 8388608.0,
        (1, 32) => BinaryPrimitives.ReadInt32LittleEndian(s) / 2147483648.0,
        (3, 32) => BinaryPrimitives.ReadSingleLittleEndian(s),
        _ => BinaryPrimitives.ReadDoubleLittleEndian(s),
    };

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException($"{path}: no such file", e);
        }
    }

    private static WaveFile ReadHeader(FileStream file, string path)
    {
        if (file.Length > MaxBytes) throw new DataException($"{path}: {file.Length} bytes are more than the {MaxBytes} that are read of a recording; cut it into pieces");
        Span<byte> head = stackalloc byte[12];
        if (file.ReadAtLeast(head, 12, throwOnEndOfStream: false) < 12 || !head[..4].SequenceEqual("RIFF"u8) || !head[8..].SequenceEqual("WAVE"u8))
            throw new DataException($"{path}: not a WAV file");
        WaveFile? format = null;
        Span<byte> chunk = stackalloc byte[8], fields = stackalloc byte[26];
        while (file.ReadAtLeast(chunk, 8, throwOnEndOfStream: false) == 8)
        {
            // Recorders that were cut off leave a length of 0 or too much; what is there counts.
            long length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]), start = file.Position, left = file.Length - start;
            if (chunk[..4].SequenceEqual("fmt "u8))
            {
                if (length < 16 || left < 16) throw new DataException($"{path}: the format of the WAV file is cut off");
                fields.Clear();
                file.ReadExactly(fields[..(int)Math.Min(Math.Min(length, left), fields.Length)]);
                format = ReadFormat(fields, path);
            }
            if (chunk[..4].SequenceEqual("data"u8))
            {
                if (format is null) throw new DataException($"{path}: the WAV file does not say its format before its samples");
                long bytes = Math.Min(length, left);
                return format with { Start = start, Frames = (int)(bytes / (format.Channels * (format.Bits / 8))) };
            }
            if (start + length + (length & 1) > file.Length) break;
            file.Position = start + length + (length & 1);
        }
        throw new DataException($"{path}: the WAV file holds no samples");
    }

    private static WaveFile ReadFormat(ReadOnlySpan<byte> f, string path)
    {
        int kind = BinaryPrimitives.ReadUInt16LittleEndian(f), channels = BinaryPrimitives.ReadUInt16LittleEndian(f[2..]), bits = BinaryPrimitives.ReadUInt16LittleEndian(f[14..]);
        if (kind == Extensible) kind = BinaryPrimitives.ReadUInt16LittleEndian(f[24..]);
        bool known = kind == 1 ? bits is 8 or 16 or 24 or 32 : kind == 3 && bits is (32 or 64);
        if (!known || channels < 1) throw new DataException($"{path}: WAV format {kind} with {bits} bits and {channels} channels is not read; PCM of 8, 16, 24 or 32 bits and float of 32 or 64 are");
        int rate = BinaryPrimitives.ReadInt32LittleEndian(f[4..]);
        if (rate is < 1 or > MostRate) throw new DataException($"{path}: {(uint)rate} samples a second are no rate of a recording");
        return new WaveFile(kind, channels, rate, bits, 0, 0);
    }
}
