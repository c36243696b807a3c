using Edge.Kernels;
using Xunit;

namespace Edge.Training.Tests.Layers;

public sealed class GradientTests
{
    private static readonly Dictionary<string, LayerCase> s_cases = Cases();

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_layer_and_its_gradients_equal_the_definition_in_double_precision(string name) => s_cases[name].Check(KernelCatalog.Select());

    [Theory]
    [InlineData("conv 3x3 s2 p1 g1 5->7 bias")]
    [InlineData("conv 1x1 s1 p0 g1 20->33")]
    public void Gradients_hold_on_every_kernel_set(string name)
    {
        foreach (KernelSet kernels in KernelCatalog.Available) s_cases[name].Check(kernels);
    }

    private static Dictionary<string, LayerCase> Cases()
    {
        var cases = new Dictionary<string, LayerCase>();
        AddConv(cases, new Extent(5, 4, 20), 33, 1, 1, 0, 1, false);
        AddConv(cases, new Extent(4, 5, 3), 6, 1, 2, 0, 3, true);
        AddConv(cases, new Extent(6, 5, 5), 7, 3, 2, 1, 1, true);
        AddConv(cases, new Extent(5, 7, 8), 4, 3, 1, 1, 2, false);
        AddConv(cases, new Extent(7, 6, 6), 9, 5, 2, 2, 3, true);
        AddConv(cases, new Extent(4, 4, 1), 1, 4, 1, 0, 1, false);
        AddConv(cases, new Extent(2, 3, 4), 8, 3, 3, 2, 4, false);
        AddDepthwise(cases, new Extent(5, 6, 17), 3, 1, 1);
        AddDepthwise(cases, new Extent(6, 5, 8), 3, 2, 1);
        AddDepthwise(cases, new Extent(7, 7, 3), 5, 2, 2);
        AddDepthwise(cases, new Extent(3, 4, 1), 3, 1, 0);
        AddDepthwise(cases, new Extent(2, 2, 9), 5, 1, 2);
        foreach (Nonlinearity f in Enum.GetValues<Nonlinearity>())
        {
            cases[$"batch norm {f}"] = new(new Extent(3, 4, 11), (g, x) => g.BatchNorm("y", x, f), (x, p) => ReferenceLayers.BatchNorm(x, 11, p[0], p[1], ReferenceLayers.Of(f)));
            cases[$"{f}"] = new(new Extent(3, 5, 3), (g, x) => g.Activate("y", x, f), (x, _) => [.. x.Select(ReferenceLayers.Of(f))]);
        }
        AddPooling(cases, new Extent(6, 7, 9), 2, 2, 0);
        AddPooling(cases, new Extent(5, 6, 3), 3, 2, 1);
        AddPooling(cases, new Extent(4, 4, 8), 3, 1, 0);
        cases["global average pool"] = new(new Extent(5, 5, 10), (g, x) => g.GlobalAveragePool("y", x), (x, _) => ReferenceLayers.AveragePool(x, LayerCase.Batch, new Extent(5, 5, 10), 5, 1));
        cases["upsample x2"] = new(new Extent(3, 2, 5), (g, x) => g.Upsample("y", x, 2), (x, _) => ReferenceLayers.Upsample(x, LayerCase.Batch, new Extent(3, 2, 5), 2));
        cases["upsample x3"] = new(new Extent(2, 2, 8), (g, x) => g.Upsample("y", x, 3), (x, _) => ReferenceLayers.Upsample(x, LayerCase.Batch, new Extent(2, 2, 8), 3));
        cases["dense"] = new(new Extent(1, 1, 13), (g, x) => g.Dense("y", x, 5), (x, p) => ReferenceLayers.Dense(x, LayerCase.Batch, p[0], p[1]));
        AddBranches(cases);
        return cases;
    }

    private static void AddConv(Dictionary<string, LayerCase> cases, Extent e, int channels, int kernel, int stride, int padding, int groups, bool bias) =>
        cases[$"conv {kernel}x{kernel} s{stride} p{padding} g{groups} {e.Channels}->{channels}{(bias ? " bias" : "")}"] = new(
            e,
            (g, x) => g.Conv("y", x, channels, kernel, stride, padding, groups, bias),
            (x, p) => ReferenceLayers.Conv(x, LayerCase.Batch, e, p[0], bias ? p[1] : null, channels, kernel, stride, padding, groups));

    private static void AddDepthwise(Dictionary<string, LayerCase> cases, Extent e, int kernel, int stride, int padding) =>
        cases[$"depthwise {kernel}x{kernel} s{stride} p{padding} of {e}"] = new(
            e,
            (g, x) => g.DepthwiseConv("y", x, kernel, stride, padding),
            (x, p) => ReferenceLayers.Depthwise(x, LayerCase.Batch, e, p[0], kernel, stride, padding));

    private static void AddPooling(Dictionary<string, LayerCase> cases, Extent e, int kernel, int stride, int padding)
    {
        cases[$"max pool {kernel} s{stride} p{padding} of {e}"] = new(
            e, (g, x) => g.MaxPool("y", x, kernel, stride, padding), (x, _) => ReferenceLayers.MaxPool(x, LayerCase.Batch, e, kernel, stride, padding));
        if (padding == 0)
            cases[$"average pool {kernel} s{stride} of {e}"] = new(
                e, (g, x) => g.AveragePool("y", x, kernel, stride), (x, _) => ReferenceLayers.AveragePool(x, LayerCase.Batch, e, kernel, stride));
    }

    /// <summary>One value with several consumers: each kind of layer must add to what another wrote.</summary>
    private static void AddBranches(Dictionary<string, LayerCase> cases)
    {
        var e = new Extent(4, 4, 6);
        cases["branches joined by addition"] = new(
            e,
            (g, x) => g.Add("sum2", g.Add("sum", g.Conv("point", x, 6, 1), g.DepthwiseConv("dw", x, 3, 1, 1)), g.Conv("full", x, 6, 3, 1, 1)),
            (x, p) => Sum(
                ReferenceLayers.Conv(x, LayerCase.Batch, e, p[0], null, 6, 1, 1, 0, 1),
                ReferenceLayers.Depthwise(x, LayerCase.Batch, e, p[1], 3, 1, 1),
                ReferenceLayers.Conv(x, LayerCase.Batch, e, p[2], null, 6, 3, 1, 1, 1)));
        cases["branches joined by concatenation"] = new(
            e,
            (g, x) => g.Concat("y", x, g.MaxPool("max", x, 3, 1, 1), g.Activate("act", x, Nonlinearity.HardSwish), g.Upsample("up", g.AveragePool("mean", x, 2, 2), 2)),
            (x, _) =>
            {
                double[] mean = ReferenceLayers.AveragePool(x, LayerCase.Batch, e, 2, 2);
                return Interleave(6, x, ReferenceLayers.MaxPool(x, LayerCase.Batch, e, 3, 1, 1), [.. x.Select(ReferenceLayers.Of(Nonlinearity.HardSwish))], ReferenceLayers.Upsample(mean, LayerCase.Batch, new Extent(2, 2, 6), 2));
            });
        cases["a value added to itself after batch norm"] = new(
            e,
            (g, x) => g.Add("y", x, g.BatchNorm("bn", x, Nonlinearity.Relu6)),
            (x, p) => Sum(x, ReferenceLayers.BatchNorm(x, 6, p[0], p[1], ReferenceLayers.Of(Nonlinearity.Relu6))));
        cases["two dense layers on one vector"] = new(
            new Extent(1, 1, 7),
            (g, x) => g.Add("y", g.Dense("a", x, 4), g.Dense("b", x, 4)),
            (x, p) => Sum(ReferenceLayers.Dense(x, LayerCase.Batch, p[0], p[1]), ReferenceLayers.Dense(x, LayerCase.Batch, p[2], p[3])));
    }

    private static double[] Sum(params double[][] parts) => [.. Enumerable.Range(0, parts[0].Length).Select(i => parts.Sum(p => p[i]))];

    private static double[] Interleave(int channels, params double[][] parts) =>
        [.. Enumerable.Range(0, parts[0].Length / channels).SelectMany(p => parts.SelectMany(a => a.Skip(p * channels).Take(channels)))];
}
