using System.Runtime.InteropServices;
using Edge.Kernels;
using Edge.Onnx;
using Edge.Runtime.Caching;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Caching;

public sealed class WeightCacheTests : IDisposable
{
    private const int TableAt = 64, ChecksumAt = 24, OffsetInEntry = 16;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"edge-weights-{Guid.NewGuid():n}");
    private readonly List<string> _log = [];

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Dense, depthwise, product and recurrence in float32; dense and depthwise in integers.</summary>
    private static byte[] ModelBytes(int seed)
    {
        float[] W(int n) => EngineComparison.Random(seed + n, n).AsSpan<float>().ToArray();
        sbyte[] I(int n) => [.. W(n).Select(w => (sbyte)(100 * w))];
        return new OnnxGraphBuilder().Input("x", DataType.Float32, [1, 7, 9, 10])
            .Initializer("w1", W(40 * 7 * 9), 40, 7, 3, 3).Initializer("b1", W(40), 40).Initializer("w2", W(40 * 9), 40, 1, 3, 3)
            .Initializer("s", [0.02f]).Initializer("z", [(byte)128]).Initializer("wz", [(sbyte)0])
            .Initializer("w3", I(40 * 40), 40, 40, 1, 1).Initializer("w4", I(40 * 9), 40, 1, 3, 3)
            .Initializer("w5", W(10 * 5), 10, 5).Initializer("shape", [-1L, 1, 5]).Initializer("lw", W(4 * 3 * 5), 1, 12, 5).Initializer("lr", W(4 * 3 * 3), 1, 12, 3)
            .Node("Conv", ["x", "w1", "b1"], ["c1"], AttributeProto.Of("pads", [1L, 1, 1, 1])).Node("Relu", ["c1"], ["r1"])
            .Node("Conv", ["r1", "w2"], ["c2"], AttributeProto.Of("group", 40L), AttributeProto.Of("pads", [1L, 1, 1, 1]))
            .Node("QuantizeLinear", ["c2", "s", "z"], ["q"])
            .Node("QLinearConv", ["q", "s", "z", "w3", "s", "wz", "s", "z"], ["q3"])
            .Node("QLinearConv", ["q3", "s", "z", "w4", "s", "wz", "s", "z"], ["q4"], AttributeProto.Of("group", 40L))
            .Node("DequantizeLinear", ["q3", "s", "z"], ["d"]).Node("MatMul", ["d", "w5"], ["m"])
            .Node("Reshape", ["m", "shape"], ["rows"]).Node("LSTM", ["rows", "lw", "lr"], ["l"], AttributeProto.Of("hidden_size", 3L))
            .Output("l").Output("q4").ToBytes();
    }

    private byte[] Run(string? folder, string? isa = null, int seed = 1, long most = long.MaxValue)
    {
        using var model = Model.Load(ModelBytes(seed), "test");
        using var session = new InferenceSession(model, new SessionOptions { Threads = 2, Isa = isa, WeightCache = folder, WeightCacheBytes = most, Log = _log.Add });
        var outputs = session.Run(EngineComparison.Random(5, 1, 7, 9, 10));
        return [.. outputs.SelectMany(o => o.Bytes.ToArray())];
    }

    private string File() => Assert.Single(Directory.GetFiles(_folder));

    public static TheoryData<string> Isas => [.. KernelCatalog.Available.Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Isas))]
    public void Results_are_the_same_without_a_cache_when_it_is_written_and_when_it_is_read(string isa)
    {
        byte[] expected = Run(null, isa);
        Assert.Equal(expected, Run(_folder, isa));
        string file = File();
        byte[] written = System.IO.File.ReadAllBytes(file);
        System.IO.File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);

        Assert.Equal(expected, Run(_folder, isa));
        Assert.Equal(DateTime.UnixEpoch, System.IO.File.GetLastWriteTimeUtc(file));
        Assert.Equal(written, System.IO.File.ReadAllBytes(file));
        Assert.Empty(_log);
        // The definition packs nothing but recurrent products.
        Assert.Equal(isa == "scalar" ? 2 : 7, MemoryMarshal.Read<int>(written.AsSpan(48)));
    }

    [Fact]
    public void The_file_does_not_depend_on_which_thread_packed_first()
    {
        byte[]? first = null;
        for (int i = 0; i < 10; i++)
        {
            Run(_folder);
            byte[] written = System.IO.File.ReadAllBytes(File());
            Assert.Equal(first ??= written, written);
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public void Each_model_and_each_kernel_set_has_a_file_of_its_own()
    {
        Run(_folder, "scalar", seed: 1);
        Run(_folder, "scalar", seed: 2);
        Run(_folder, "vector128", seed: 1);
        Assert.Equal(3, Directory.GetFiles(_folder).Length);
        Assert.Empty(_log);
    }

    [Fact]
    public void Whoever_writes_a_file_deletes_those_used_least_recently_that_are_too_many()
    {
        string Written(int seed, long most)
        {
            string[] before = Directory.Exists(_folder) ? Directory.GetFiles(_folder) : [];
            Run(_folder, seed: seed, most: most);
            return Assert.Single(Directory.GetFiles(_folder).Except(before));
        }

        string[] files = [.. Enumerable.Range(1, 4).Select(seed => Written(seed, long.MaxValue))];
        long size = new FileInfo(files[0]).Length;
        Assert.All(files, f => Assert.Equal(size, new FileInfo(f).Length));
        for (int i = 0; i < files.Length; i++) System.IO.File.SetLastAccessTimeUtc(files[i], DateTime.UtcNow.AddHours(i - 10));
        string stale = $"{files[0]}.1.0123.tmp", fresh = $"{files[0]}.2.4567.tmp", other = Path.Combine(_folder, "model.weights");
        foreach (string file in new[] { stale, fresh, other }) System.IO.File.WriteAllBytes(file, new byte[100_000]);
        System.IO.File.SetLastWriteTimeUtc(stale, DateTime.UtcNow.AddDays(-1));

        // The first is used, and so becomes the latest but the one that is written.
        Run(_folder, seed: 1);
        string last = Written(5, 3 * size);
        Assert.Equal(new[] { files[0], files[3], last, fresh, other }.Order(), Directory.GetFiles(_folder).Order());

        // One stays, whatever its size.
        string alone = Written(6, 1);
        Assert.Equal(new[] { alone, fresh, other }.Order(), Directory.GetFiles(_folder).Order());
        Assert.Empty(_log);
    }

    [Fact]
    public void A_cached_file_is_mapped_read_only_and_unmapped_with_the_session()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc");
        Run(_folder);
        string file = File();
        string[] Mappings() => [.. System.IO.File.ReadLines("/proc/self/maps").Where(l => l.EndsWith(file, StringComparison.Ordinal))];
        using var model = Model.Load(ModelBytes(1), "test");
        using (var session = new InferenceSession(model, new SessionOptions { Threads = 2, WeightCache = _folder }))
        {
            Assert.NotEmpty(Mappings());
            Assert.All(Mappings(), m => Assert.Contains(" r--", m));
        }

        Assert.Empty(Mappings());
    }

    [Fact]
    public void A_model_file_takes_no_memory_once_its_weights_are_packed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc");
        Directory.CreateDirectory(_folder);
        string path = Path.Combine(_folder, "large.onnx");
        var w = EngineComparison.Random(1, 1024, 2048);
        System.IO.File.WriteAllBytes(path, new OnnxGraphBuilder().Input("x", DataType.Float32, [1, 1024]).Initializer("w", w.AsSpan<float>(), 1024, 2048).Node("MatMul", ["x", "w"], ["y"]).Output("y").ToBytes());
        using var model = Model.Load(path);
        using var session = new InferenceSession(model);
        var mapping = System.IO.File.ReadLines("/proc/self/smaps").SkipWhile(l => !l.EndsWith(path, StringComparison.Ordinal));
        string resident = mapping.First(l => l.StartsWith("Rss:", StringComparison.Ordinal));
        Assert.InRange(int.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]), 0, 256);
    }

    [Fact]
    public void A_damaged_file_is_told_of_and_replaced()
    {
        byte[] expected = Run(_folder);
        string file = File();
        byte[] sound = System.IO.File.ReadAllBytes(file);
        var random = new Random(7);
        for (int i = 0; i < 40; i++)
        {
            byte[] damaged = [.. sound];
            if (i % 2 == 0) damaged[random.Next(i < 20 ? 96 : damaged.Length)] ^= (byte)(1 << random.Next(8));
            else damaged = damaged[..random.Next(damaged.Length)];
            System.IO.File.WriteAllBytes(file, damaged);
            _log.Clear();
            Assert.Equal(expected, Run(_folder));
            string line = Assert.Single(_log);
            Assert.Contains(file, line);
            Assert.Equal(sound, System.IO.File.ReadAllBytes(file));
        }
    }

    [Theory]
    [InlineData(48, int.MaxValue)]
    [InlineData(48, -1)]
    [InlineData(TableAt + OffsetInEntry, 1 << 30)]
    [InlineData(TableAt + OffsetInEntry, 65)]
    [InlineData(TableAt + OffsetInEntry + 8, int.MaxValue)]
    public void A_table_that_lies_under_a_right_checksum_is_not_believed(int at, int value)
    {
        byte[] expected = Run(_folder);
        string file = File();
        byte[] forged = System.IO.File.ReadAllBytes(file);
        MemoryMarshal.Write(forged.AsSpan(at), value);
        MemoryMarshal.Write(forged.AsSpan(ChecksumAt), WeightIdentity.Checksum(forged.AsSpan(40)));
        System.IO.File.WriteAllBytes(file, forged);
        Assert.Equal(expected, Run(_folder));
        Assert.Single(_log);
    }

    [Fact]
    public void Blocks_of_another_size_or_layout_are_packed_anew()
    {
        byte[] expected = Run(_folder);
        string file = File();
        byte[] sound = System.IO.File.ReadAllBytes(file), forged = [.. sound];
        forged[TableAt + 8] ^= 1;
        MemoryMarshal.Write(forged.AsSpan(ChecksumAt), WeightIdentity.Checksum(forged.AsSpan(40)));
        System.IO.File.WriteAllBytes(file, forged);
        Assert.Equal(expected, Run(_folder));
        Assert.Equal(sound, System.IO.File.ReadAllBytes(file));
    }

    [Fact]
    public void Several_may_write_at_once()
    {
        byte[] expected = Run(null);
        Parallel.For(0, 8, _ =>
        {
            using var model = Model.Load(ModelBytes(1), "test");
            using var session = new InferenceSession(model, new SessionOptions { Threads = 1, WeightCache = _folder });
            Assert.Equal(expected, session.Run(EngineComparison.Random(5, 1, 7, 9, 10)).SelectMany(o => o.Bytes.ToArray()));
        });
        File();
    }

    [Fact]
    public void A_cache_that_cannot_be_used_is_told_of_and_the_model_runs()
    {
        System.IO.File.WriteAllText(_folder, "a file, not a folder");
        try
        {
            Assert.Equal(Run(null), Run(_folder));
            Assert.NotEmpty(_log);
        }
        finally
        {
            System.IO.File.Delete(_folder);
        }
    }
}
