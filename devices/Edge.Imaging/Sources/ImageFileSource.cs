using Edge.Devices;

namespace Edge.Imaging.Sources;

/// <summary>How <see cref="ImageFileSource"/> reads.</summary>
public sealed record ImageFileOptions
{
    /// <summary>How often the files are gone through; 0 for endlessly.</summary>
    public int Loops { get; init; } = 1;

    public DecodeOptions Decode { get; init; } = DecodeOptions.Default;

    /// <summary>
    /// Told about each file that cannot be read; reading goes on with the next file. When null, <see cref="IFrameSource.ReadAsync"/>
    /// throws instead.
    /// </summary>
    public Action<FrameException>? Skip { get; init; }

    /// <summary>For the time of capture; the system's clock when null.</summary>
    public TimeProvider? Clock { get; init; }
}

/// <summary>
/// Pictures from files, decoded, one after the other and as fast as they are asked for; put a
/// <see cref="Devices.Simulated.PacedFrameSource"/> around it for the rate of a camera. A frame's name is its file name, its
/// time is when reading began, so that latencies include decoding.
/// </summary>
/// <remarks>Concurrency as of <see cref="IFrameSource"/>. The list of files is fixed when the source is made.</remarks>
public sealed class ImageFileSource : IFrameSource
{
    private readonly IReadOnlyList<string> _files;
    private readonly IImageCodec _codec;
    private readonly ImageFileOptions _options;
    private readonly TimeProvider _clock;
    private long _sequence;

    /// <param name="name">What logs call the source, such as the folder.</param>
    /// <param name="files">From <see cref="PictureFiles.Find"/>.</param>
    /// <param name="codec">Decodes; <see cref="ImageCodec.Default"/> when null.</param>
    /// <param name="options">Read once, flat out, failing on the first file that cannot be read when null.</param>
    /// <exception cref="ArgumentException">There are no files, or the number of loops is negative.</exception>
    public ImageFileSource(string name, IReadOnlyList<string> files, IImageCodec? codec = null, ImageFileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (files.Count == 0) throw new ArgumentException("no files", nameof(files));
        _options = options ?? new ImageFileOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(_options.Loops, nameof(options));
        (Name, _files, _codec) = (name, files, codec ?? ImageCodec.Default);
        _clock = _options.Clock ?? TimeProvider.System;
    }

    public string Name { get; }

    public IReadOnlyList<string> Files => _files;

    /// <summary>Files passed over because they could not be read.</summary>
    public long Skipped { get; private set; }

    /// <summary>The pictures of a folder, ordered by name.</summary>
    /// <exception cref="DeviceException">There is no such folder, or no picture in it.</exception>
    public static ImageFileSource Folder(string folder, IImageCodec? codec = null, ImageFileOptions? options = null, bool recursive = false)
    {
        if (!Directory.Exists(folder)) throw new DeviceException($"{folder}: no such folder");
        return new ImageFileSource(folder, PictureFiles.Find([folder], recursive), codec, options);
    }

    public ValueTask<Frame?> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<Frame?>(cancellationToken);
            if (_options.Loops != 0 && _sequence / _files.Count >= _options.Loops) return ValueTask.FromResult<Frame?>(null);
            long sequence = _sequence++;
            string path = _files[(int)(sequence % _files.Count)];
            try
            {
                return ValueTask.FromResult<Frame?>(Read(path, sequence));
            }
            catch (ImageException e)
            {
                var error = new FrameException(e.Message, Path.GetFileName(path), sequence, e) { Path = path };
                if (_options.Skip is null) return ValueTask.FromException<Frame?>(error);
                Skipped++;
                _options.Skip(error);
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Frame Read(string path, long sequence)
    {
        DateTimeOffset timestamp = _clock.GetUtcNow();
        long capturedAt = _clock.GetTimestamp();
        return _codec.Load(path, _options.Decode).ToFrame(Path.GetFileName(path), sequence, timestamp, capturedAt, path);
    }
}
