using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Evaluation.Samples;

/// <summary>
/// Windows of recordings: of each file as many as fit, and one, filled up with silence, of a file that is shorter. All have one
/// sampling rate, as a model knows nothing of rates.
/// </summary>
internal sealed class WaveSet : ISampleSet
{
    private readonly IReadOnlyList<string> _files;
    private readonly List<(int File, int Start)> _windows = [];
    private readonly Tensor[] _input;
    private readonly int? _rate;
    private float[] _sound = [];
    private int _loaded = -1;

    /// <exception cref="DataException">
    /// The model takes no row of samples, leaves its length open, a file is no recording, or they differ in rate and no rate is asked for.
    /// </exception>
    public WaveSet(IReadOnlyList<string> files, DataOptions options, IReadOnlyList<TensorInfo> inputs)
    {
        _files = files;
        Shape shape = WindowShape(inputs, options.Window);
        _input = [Tensor.Create<float>(shape)];
        _rate = options.Rate;
        int length = shape.Count, stride = options.Stride ?? length, rate = 0;
        for (int f = 0; f < files.Count; f++)
        {
            WaveFile wave = WaveFile.ReadHeader(files[f]);
            if (f == 0) rate = wave.Rate;
            if (_rate is null && wave.Rate != rate) throw new DataException($"{files[f]}: {wave.Rate} samples a second, but {rate} in {files[0]}: give the rate that the model was made for");
            int frames = Resampler(wave.Rate)?.Length(wave.Frames) ?? wave.Frames;
            _windows.Add((f, 0));
            for (int start = stride; start + length <= frames; start += stride) _windows.Add((f, start));
        }
    }

    public int Count => _windows.Count;

    /// <summary>Where files have several windows, each would be decoded once for each of them.</summary>
    public bool ReadsAnywhere => _windows.Count == _files.Count;

    /// <summary>The file that a sample is of.</summary>
    public int FileOf(int index) => _windows[index].File;

    public string Name(int index) => $"{_files[_windows[index].File]} @{_windows[index].Start}";

    public IReadOnlyList<Tensor> Read(int index)
    {
        (int file, int start) = _windows[index];
        if (file != _loaded)
        {
            (_sound, int rate) = WaveFile.ReadMono(_files[file]);
            if (Resampler(rate) is { } resampler) _sound = resampler.Run(_sound);
            _loaded = file;
        }
        Span<float> to = _input[0].AsSpan<float>();
        to.Clear();
        _sound.AsSpan(start, Math.Min(to.Length, _sound.Length - start)).CopyTo(to);
        return _input;
    }

    /// <summary>Null where the rate is the one that is wanted.</summary>
    private SoundResampler? Resampler(int from) => _rate is { } to && to != from ? new SoundResampler(from, to) : null;

    private static Shape WindowShape(IReadOnlyList<TensorInfo> inputs, int? window)
    {
        if (inputs.Count != 1) throw new DataException($"the model takes {inputs.Count} inputs ({string.Join("; ", inputs)}); recordings can feed only one: use a .npz file");
        TensorInfo input = inputs[0];
        if (input.Type != DataType.Float32 || input.Dimensions is not { Count: > 0 } dims) throw new DataException($"input {input} takes no recording: a row of float samples is expected");
        int[] sizes = [.. dims.Select((d, axis) => d.IsFixed ? d.Size : axis == 0 && dims.Count > 1 ? 1 : -1)];
        int open = sizes.Count(s => s < 0);
        if (sizes.Count(s => s > 1) + open != 1) throw new DataException($"input {input} takes no recording: one dimension of samples is expected, all others 1");
        if (open == 1 && window is null) throw new DataException($"input {input} leaves the number of samples open: give the length of a window");
        return new Shape([.. sizes.Select(s => s < 0 ? window!.Value : s)]);
    }
}
