using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Candidates;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rounding;
using Edge.Quantization.Tests.Equalization;
using Edge.Runtime;
using Edge.Tensors;
using Edge.Testing;

namespace Edge.Quantization.Tests.Rounding;

/// <summary>Quantized models to correct, and what the corrections are judged by.</summary>
internal static class Candidates
{
    public static Candidate Of(ModelProto model, SampleReader samples, QuantizationOptions? options = null)
    {
        using var stream = new MemoryStream();
        OnnxWriter.Write(model, stream);
        return new CandidateBuilder(stream.ToArray(), samples, null, CancellationToken.None).Build((options ?? new()) with { Sessions = Oracle.Factory });
    }

    /// <summary>Of the outputs of the model that the candidate was made of, in dB.</summary>
    public static double Sqnr(Candidate candidate, ICalibrationSource source) => Prepared.Sqnr(candidate.Source.NewModel(), candidate.Model, source);

    /// <summary>By layer: the mean of each channel's result in the quantized model minus that in the float one, over the samples.</summary>
    public static Dictionary<string, double[]> Shifts(Candidate candidate, SampleReader samples)
    {
        var shifts = new Dictionary<string, double[]>();
        foreach (QuantizedLayer layer in QuantizedLayer.Of(candidate))
        {
            // The result before it is quantized: what the layer's node returns, computed in float from dequantized values.
            ModelProto real = PartialModel.Of(candidate.Source.NewModel(), [layer.RealResult]), quantized = PartialModel.Of(candidate.Model, [layer.Unit.Main.Outputs[0]]);
            using IInferenceSession before = Oracle.Session(real), after = Oracle.Session(quantized);
            var sums = new double[layer.Rows];
            long count = 0;
            foreach (IReadOnlyList<Tensor> sample in samples.Read(before.Inputs))
            {
                Tensor x = before.Run([.. sample])[0], y = after.Run([.. sample])[0];
                int inner = x.Shape.Product(2, x.Shape.Rank);
                for (int i = 0; i < x.Count; i++) sums[i / inner % layer.Rows] += y.AsSpan<float>()[i] - x.AsSpan<float>()[i];
                count += inner * x.Shape[0];
            }
            shifts[layer.Name] = Array.ConvertAll(sums, s => s / count);
        }
        return shifts;
    }

    /// <summary>Convolutions of every kind behind each other, without a bias where <paramref name="bias"/> is false, then a dense layer.</summary>
    public static ModelProto Network(int seed, bool bias = true, bool relu = true)
    {
        var random = new Random(seed);
        OnnxGraphBuilder b = new OnnxGraphBuilder(14).Input("x", DataType.Float32, 1, 4, 8, 8);
        string value = Convolution(b, random, "x", "full", 4, 8, 1, bias, relu, AttributeProto.Of("strides", 2L, 1), AttributeProto.Of("pads", 1L, 1, 1, 1));
        value = Convolution(b, random, value, "deep", 8, 8, 8, bias, relu, AttributeProto.Of("auto_pad", "SAME_LOWER"));
        value = Convolution(b, random, value, "grouped", 8, 12, 2, bias, relu, AttributeProto.Of("dilations", 2L, 1), AttributeProto.Of("pads", 2L, 0, 1, 2));
        b.Node("GlobalAveragePool", [value], ["g"]).Node("Flatten", ["g"], ["f"]).Initializer("wd", Normal(random, 120, 0.4), 12, 10).Initializer("bd", Normal(random, 10, 0.1), 10);
        return b.Node("Gemm", bias ? ["f", "wd", "bd"] : ["f", "wd"], ["y"]).Output("y").Build();
    }

    private static string Convolution(
        OnnxGraphBuilder b, Random random, string x, string y, int inputs, int outputs, int group, bool bias, bool relu, params AttributeProto[] attributes)
    {
        int products = inputs / group * 9;
        b.Initializer(y + "_w", Normal(random, outputs * products, 1 / Math.Sqrt(products)), outputs, inputs / group, 3, 3).Initializer(y + "_b", Normal(random, outputs, 0.3), outputs)
            .Node("Conv", bias ? [x, y + "_w", y + "_b"] : [x, y + "_w"], [y], [.. attributes, AttributeProto.Of("group", (long)group)]);
        if (!relu) return y;
        b.Node("Relu", [y], [y + "_r"]);
        return y + "_r";
    }

    public static float[] Normal(Random random, int count, double deviation) =>
        Samples.NormalTensor(new Shape(count), random.Next(), 0, deviation).AsSpan<float>().ToArray();
}
