using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Report;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Runtime;
using Edge.Tensors;
using Xunit;

namespace Edge.Quantization.Tests.Equalization;

/// <summary>A float model as the quantizer prepares it, and the model as it was for comparison.</summary>
internal sealed class Prepared
{
    private Prepared(ModelProto original, ICalibrationSource source)
    {
        Original = original;
        Samples = new SampleReader(source, null);
        (Graph, Facts) = ModelPreparation.Prepare(Copy(original), Samples, Oracle.Factory);
    }

    public ModelProto Original { get; }

    public OnnxGraph Graph { get; }

    public TensorFacts Facts { get; }

    public SampleReader Samples { get; }

    public static Prepared Of(ModelProto model, ICalibrationSource source) => new(model, source);

    public static ModelProto Copy(ModelProto model)
    {
        using var stream = new MemoryStream();
        OnnxWriter.Write(model, stream);
        return OnnxReader.Read(stream.ToArray(), "copy");
    }

    /// <summary>The noise of the rewritten model against the original, in dB, over the samples of another source.</summary>
    public double Sqnr(ICalibrationSource source) => Sqnr(Original, Graph.Model, source);

    public static double Sqnr(ModelProto expected, ModelProto actual, ICalibrationSource source)
    {
        using IInferenceSession before = Oracle.Session(expected), after = Oracle.Session(actual);
        var noise = new SignalToNoise();
        foreach (IReadOnlyList<Tensor> sample in source.Read(before.Inputs))
        {
            IReadOnlyList<Tensor> x = before.Run([.. sample]), y = after.Run([.. sample]);
            for (int i = 0; i < x.Count; i++) noise.Add(x[i].AsSpan<float>(), y[i].AsSpan<float>());
        }
        return noise.SqnrDb;
    }

    /// <summary>Rounding of float32 weights and sums is all that may differ; where sums cancel, it is some 90 dB below the result.</summary>
    public void AssertSameFunction(ICalibrationSource source) => Assert.InRange(Sqnr(source), 75, double.PositiveInfinity);
}
