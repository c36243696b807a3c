using Edge.Kernels.Packing;
using Edge.Runtime.Planning;
using Edge.Tensors;

namespace Edge.Runtime.Caching;

/// <summary>
/// The packed weights of one plan while it is made: from its file in the cache as far as that has them, else new; then the
/// file is written. That a cache cannot be used is no reason for a model not to run: the log says so. Several threads may take
/// blocks at once, each for other steps.
/// </summary>
internal sealed unsafe class PlanWeights : IDisposable
{
    /// <summary>Bytes packed after which the model's pages are given back.</summary>
    private const long ReleaseBytes = 1 << 20;

    private readonly Lock _gate = new();
    private readonly Model? _model;
    private readonly string? _path;
    private readonly long _mostBytes;
    private readonly byte[] _identity = [];
    private readonly Action<string>? _log;
    private readonly WeightFile? _file;
    private readonly Dictionary<(int, int), WeightEntry> _kept = [];
    private readonly List<(WeightEntry Entry, PackedBlock Block)> _blocks = [];
    private bool _complete = true;
    private long _packed;
    private PackedMemory? _memory;

    private PlanWeights(Model? model) => _model = model;

    private PlanWeights(Model model, string path, long mostBytes, byte[] identity, Action<string>? log)
        : this(model)
    {
        _path = path;
        _mostBytes = mostBytes;
        _identity = identity;
        _log = log;
        try
        {
            _file = WeightFile.Open(path, identity, out string? fault);
            if (fault is not null) Tell($"is not used, since {fault}; it is written anew");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Tell($"cannot be read: {e.Message}");
        }

        if (_file is null) return;
        WeightFolder.Use(path);
        foreach (var entry in _file.Entries) _kept[(entry.Step, entry.Index)] = entry;
    }

    /// <summary>Neither cache nor file.</summary>
    public static PlanWeights None { get; } = new(null);

    /// <summary>The cache's file for one plan. The graph has been imported, so that all external data of the model are open.</summary>
    /// <param name="folder">Null for no cache; made if it is not there.</param>
    /// <param name="mostBytes">See <see cref="SessionOptions.WeightCacheBytes"/>.</param>
    /// <param name="log">Where faults of the cache are told, a line each.</param>
    /// <param name="model">The model.</param>
    /// <param name="shapes">Of its inputs.</param>
    /// <param name="settings">Of the session.</param>
    public static PlanWeights Open(string? folder, long mostBytes, Action<string>? log, Model model, ReadOnlySpan<Shape> shapes, PlanSettings settings)
    {
        if (string.IsNullOrEmpty(folder) || WeightIdentity.Of(model, shapes, settings) is not { } identity) return new PlanWeights(model);
        return new PlanWeights(model, Path.Combine(folder, WeightFolder.NameOf(identity, settings.Kernels.Name)), mostBytes, identity, log);
    }

    /// <summary>The blocks of one step.</summary>
    public PackedStore For(int step) => _model is null ? PackedStore.Memory : new StepStore(this, step);

    /// <summary>Says how large the weights are from which the blocks will be packed.</summary>
    public void Expect(long bytes)
    {
        // What the file has takes no new memory.
        if (_model is not null && _file is null) _memory = new PackedMemory(bytes);
    }

    /// <summary>Says that a step is prepared: what it packed need not be in memory twice.</summary>
    /// <param name="bytes">Packed weights of the step.</param>
    public void Prepared(nint bytes)
    {
        lock (_gate)
        {
            _packed += bytes;
            if (_packed < ReleaseBytes) return;
            _packed = 0;
        }

        _model?.ReleasePages();
    }

    /// <summary>Writes the file, unless it was there with every block that was asked for. All executors are still alive.</summary>
    public void Save()
    {
        if (_path is null || _complete) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            WeightFile.Write(_path, _identity, [.. _blocks.OrderBy(b => (b.Entry.Step, b.Entry.Index)).Select(b => (b.Entry, (nint)b.Block.Base))]);
            WeightFolder.Trim(_path, _mostBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Tell($"cannot be written: {e.Message}");
        }
    }

    /// <summary>The plan is made. Blocks in use keep the cache's file, and the memory that they lie in.</summary>
    public void Dispose()
    {
        _file?.Dispose();
        _memory?.Dispose();
        _model?.ReleasePages();
    }

    private void Tell(string what) => _log?.Invoke($"weight cache: {_path} {what}");

    private PackedBlock Take(int step, int index, string layout, nint bytes)
    {
        lock (_gate) return _path is null ? New(bytes) : Cached(step, index, layout, bytes);
    }

    private PackedBlock Cached(int step, int index, string layout, nint bytes)
    {
        ulong hash = WeightIdentity.OfLayout(layout);
        PackedBlock block;
        if (_kept.TryGetValue((step, index), out var entry) && entry.Layout == hash && entry.Bytes == bytes)
        {
            block = new PackedBlock(_file!.At(entry), bytes, _file.Share());
        }
        else
        {
            _complete = false;
            block = New(bytes);
        }

        _blocks.Add((new WeightEntry(step, index, hash, 0, bytes), block));
        return block;
    }

    private PackedBlock New(nint bytes) => _memory?.Take(bytes) ?? new PackedBlock(bytes);

    private sealed class StepStore(PlanWeights weights, int step) : PackedStore
    {
        private int _index;

        public override PackedBlock Take(string layout, nint bytes) => weights.Take(step, _index++, layout, bytes);
    }
}
