using System.Text.RegularExpressions;
using System.Xml.Linq;
using Edge.Benchmarks.Arm;
using Edge.Benchmarks.Measuring;
using Edge.Benchmarks.Models;
using Edge.Benchmarks.Reporting;
using Xunit;

namespace Edge.Benchmarks.Tests;

/// <summary>What turns measurements into what people read.</summary>
public sealed class PureFunctionTests
{
    [Fact]
    public void Medians_and_quartiles_are_values_that_were_measured()
    {
        Assert.Equal(3, Statistics.Median([5, 1, 3]));
        Assert.Equal(3, Statistics.Median([1, 3, 2, 4]));
        Assert.Equal(7, Statistics.Median([7]));
        double[] nine = [9, 8, 7, 6, 5, 4, 3, 2, 1];
        Assert.Equal((3, 5, 7), (Statistics.Quantile(nine, 0.25), Statistics.Median(nine), Statistics.Quantile(nine, 0.75)));
        Assert.Throws<ArgumentException>(() => Statistics.Median([]));
        Assert.Equal(1, Statistics.GeometricMean([0.5, 2]), 1e-12);
    }
    [Fact]
    public void Results_of_ncnn_are_read_from_its_output_and_from_the_command_line()
    {
        NcnnResults results = NcnnResults.Parse(["mobilenetv2=4.62"]);
        results.ParseOutput(["loop_count = 4", "          squeezenet  min =    3.59  max =    3.70  avg =    3.63", "       resnet18_int8  min =   11.90  max =   12.20  avg =   12.00"]);
        Assert.Equal(4.62, results.Of("mobilenetv2", int8: false));
        Assert.Equal(3.63, results.Of("squeezenet1.1", int8: false));
        Assert.Equal(12.0, results.Of("resnet18", int8: true));
        Assert.Null(results.Of("resnet18", int8: false));
        Assert.Throws<NotSupportedException>(() => NcnnResults.Parse(["resnet18"]));
    }

    [Theory]
    [InlineData("mobilenet_v2_1.0_224_fp32.onnx.gz", "mobilenet_v2_1.0_224")]
    [InlineData("mobilenet_v2_1.0_224_uint8_qdq.onnx", "mobilenet_v2_1.0_224")]
    [InlineData("mobilenet_v2_qoperator_ort.onnx", "mobilenet_v2_1.0_224")]
    [InlineData("vww_int8_qdq.onnx", "vww_mobilenetv1_025_96")]
    [InlineData("sww_fp32_dequantised.onnx", "sww")]
    [InlineData("yolox_nano.onnx", "yolox_nano")]
    public void Forms_of_one_network_share_its_name(string file, string network) => Assert.Equal(network, SharedModels.Network(file));

    [Fact]
    public void A_chart_is_SVG_for_light_and_dark_pages()
    {
        string svg = BarChart.Draw("a < b", "fp32", "int8", [new Bar("x & y", 0.5, false), new Bar("long", 7, true)]);
        XElement root = XDocument.Parse(svg).Root!;
        XNamespace ns = "http://www.w3.org/2000/svg";
        Assert.Equal(["a", "b", "a", "b"], root.Elements(ns + "rect").Select(r => (string)r.Attribute("class")!));
        Assert.Contains("x & y", root.Elements(ns + "text").Select(t => t.Value));
        Assert.Contains("7.00", root.Elements(ns + "text").Select(t => t.Value));
        Assert.Contains("prefers-color-scheme:dark", svg, StringComparison.Ordinal);
        // Half of the largest length, which is 1.5, is a third of the plot.
        Assert.Equal("140.0", (string)root.Elements(ns + "rect").ElementAt(2).Attribute("width")!);
    }

    [Fact]
    public void Tables_are_Markdown()
    {
        var table = new Table("Title", ("name", -6), ("ms", 5));
        table.Add("a|b", "1.0");
        Assert.Equal("## Title\n\n| name | ms |\n|---|--:|\n| a\\|b | 1.0 |\n", table.ToMarkdown());
    }

    [Fact]
    public void The_inner_loop_with_most_multiply_adds_is_found()
    {
        string[] code =
        [
            "0000000000001000 <Edge_Kernels_Tile__Run>:",
            "    1000:\tmov\tx0, #0x0",
            "    1004:\tldr\tq0, [x1], #16",
            "    1008:\tfmla\tv16.4s, v0.4s, v1.s[0]",
            "    100c:\tfmla\tv17.4s, v0.4s, v1.s[1]",
            "    1010:\tsubs\tx2, x2, #0x1",
            "    1014:\tb.ne\t1004 <Edge_Kernels_Tile__Run+0x4>  // b.any",
            "    1018:\tfmla\tv18.4s, v0.4s, v1.4s",
            "    101c:\tcbnz\tx3, 1000 <Edge_Kernels_Tile__Run>",
            "    1020:\tret",
            "0000000000002000 <Other>:",
            "    2000:\tfmla\tv18.4s, v0.4s, v1.4s",
            "    2004:\tb\t2000 <Other>",
        ];
        LoopBody loop = Assert.Single(LoopBodies.Find(code, new Regex("Kernels")));
        Assert.Equal((8, 5), (loop.Macs, loop.Instructions.Count));
        Assert.StartsWith("ldr", loop.Instructions[0], StringComparison.Ordinal);
    }
}
