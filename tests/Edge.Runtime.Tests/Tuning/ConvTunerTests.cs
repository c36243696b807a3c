using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Kernels.Threading;
using Edge.Runtime.Tuning;
using Xunit;

namespace Edge.Runtime.Tests.Tuning;

public sealed class ConvTunerTests : IDisposable
{
    private static readonly ConvGeometry s_shape = new(1, 14, 14, 16, 14, 14, 16, 3, 3, PadTop: 1, PadLeft: 1);

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("edge-tuning-").FullName, "convolutions.tsv");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void What_was_measured_is_remembered()
    {
        var dense = KernelCatalog.Available[0].Dense;
        var methods = dense.MethodsF32(s_shape);
        Assert.SkipUnless(methods.Count > 1, "this CPU computes convolutions in one way only");
        var tuner = Tuner(new TuningFile(_path, null));
        var chosen = tuner.Choose(s_shape, methods, dense);
        Assert.Contains(chosen, methods);
        Assert.Equal(1, tuner.Measured);
        tuner.Save();
        Assert.Equal(0, tuner.Measured);
        Assert.Equal(chosen, tuner.Choose(s_shape, methods, dense));
        var another = Tuner(new TuningFile(_path, null));
        Assert.Equal(chosen, another.Choose(s_shape, methods, dense));
        Assert.Equal(0, another.Measured);
    }

    [Fact]
    public void What_a_file_says_goes_before_the_estimate()
    {
        var dense = KernelCatalog.Available[0].Dense;
        var methods = dense.MethodsF32(s_shape);
        Assert.SkipUnless(methods.Count > 1, "this CPU computes convolutions in one way only");
        foreach (ConvMethod method in methods)
        {
            var table = new MethodTable();
            table.Set(ConvKey.Of(Cpu.Kind, KernelCatalog.Available[0].Name, 1, s_shape), method, 1);
            var file = new TuningFile(_path, null);
            file.Add(table);
            Assert.Equal(method, Tuner(file).Choose(s_shape, methods, dense));
        }
    }

    [Fact]
    public void Without_a_file_nothing_is_measured()
    {
        var dense = KernelCatalog.Available[0].Dense;
        ConvMethod[] methods = [ConvMethod.Winograd2, ConvMethod.Direct];
        // No network has this shape, so that no table does.
        var tuner = Tuner(null);
        Assert.Equal(ConvMethod.Winograd2, tuner.Choose(s_shape with { InWidth = 15, OutWidth = 15, InChannels = 5 }, methods, dense));
        Assert.Equal(0, tuner.Measured);
    }

    [Fact]
    public void Tables_of_this_assembly_can_be_read()
    {
        const string Prefix = "Edge.Runtime.Tuning.Tables.";
        foreach (string name in typeof(ConvTuner).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
            Assert.True(BuiltInMethods.Of(name[Prefix.Length..^".tsv".Length]).Count > 0, name);
    }

    private static ConvTuner Tuner(TuningFile? file) => new(KernelCatalog.Available[0].Name, WorkerPool.Inline, file);
}
