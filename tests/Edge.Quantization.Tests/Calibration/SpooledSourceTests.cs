using Edge.Quantization.Calibration;
using Edge.Runtime;
using Edge.Tensors;
using Xunit;

namespace Edge.Quantization.Tests.Calibration;

public sealed class SpooledSourceTests : IDisposable
{
    private static readonly TensorInfo[] Inputs = [];
    private static readonly TensorInfo Info = new("x", DataType.Float32, [new Dimension(1)]);

    private readonly string _folder = Directory.CreateTempSubdirectory("edge-spool").FullName;
    private int _made;

    [Fact]
    public void Samples_are_made_once_and_come_back_the_same_every_time()
    {
        using var spooled = new SpooledSource(Source(), _folder);
        float[][] first = Read(spooled), second = Read(spooled), third = Read(spooled);
        Assert.Equal(5, _made);
        Assert.Equal(5, spooled.Count);
        Assert.Equal(first, second);
        Assert.Equal(first, third);
        Assert.Equal([1, 2, 3, 1, 2], first.Select(s => s.Length));
    }

    [Fact]
    public void A_pass_that_ends_early_keeps_nothing()
    {
        using var spooled = new SpooledSource(Source(), _folder);
        Assert.Equal([0f], spooled.Read(Inputs).First()[0].AsSpan<float>().ToArray());
        for (int pass = 0; pass < 3; pass++) Assert.Equal(5, Read(spooled).Length);
        // One for the pass that ended, five for the one that was kept.
        Assert.Equal(6, _made);
    }

    [Fact]
    public void A_set_that_is_too_large_is_read_from_its_source_and_whole()
    {
        using var spooled = new SpooledSource(Source(), _folder, mostBytes: 20);
        float[][] first = Read(spooled), second = Read(spooled);
        Assert.Equal(5, first.Length);
        Assert.Equal(first, second);
        Assert.Equal(10, _made);
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    /// <summary>As many are asked for as there are: the source's end is seen.</summary>
    [Fact]
    public void A_reader_that_takes_all_samples_completes_the_pass()
    {
        using var spooled = new SpooledSource(Source(), _folder);
        for (int pass = 0; pass < 3; pass++) Assert.Equal(5, new SampleReader(spooled, 5).Read([Info]).Count());
        Assert.Equal(5, _made);
    }

    [Fact]
    public void A_process_that_is_killed_leaves_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the file has a name there until it is closed, and the system deletes it then");
        using var spooled = new SpooledSource(Source(), _folder);
        foreach (IReadOnlyList<Tensor> _ in spooled.Read(Inputs)) Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
        Assert.Equal(5, Read(spooled).Length);
        Assert.Equal(5, _made);
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        using (var spooled = new SpooledSource(Source(), _folder)) Read(spooled);
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static float[][] Read(SpooledSource source) => [.. source.Read(Inputs).Select(s => s[0].AsSpan<float>().ToArray())];

    /// <summary>Shapes change from sample to sample.</summary>
    private DelegateCalibrationSource Source() => new("made", 5, _ => Make());

    private IEnumerable<IReadOnlyList<Tensor>> Make()
    {
        for (int i = 0; i < 5; i++)
        {
            _made++;
            yield return [Tensor.Create<float>(new Shape((i % 3) + 1), [.. Enumerable.Range(0, (i % 3) + 1).Select(k => (float)(i * k))])];
        }
    }
}
