using Edge.Onnx;
using Edge.Quantization;
using Edge.Quantization.Calibration;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Benchmarks.Architectures;

/// <summary>Makes 8-bit forms of float32 models with the project's own quantizer, and rewrites them into formats that others write.</summary>
internal static class Int8Models
{
    private const int Samples = 2;

    /// <summary>The QDQ form, calibrated on normal numbers of deviation 1.</summary>
    public static ModelProto Quantize(ModelProto model)
    {
        var source = new DelegateCalibrationSource("normal numbers", Samples, inputs => Enumerable.Range(0, Samples).Select(seed => Sample(inputs, seed)));
        return Quantizer.Quantize(model, source, new QuantizationOptions { MeasuredSamples = 0 }).Model;
    }

    /// <summary>Another form of what <see cref="Quantize"/> made; <paramref name="quantized"/> is not changed.</summary>
    public static ModelProto Rewrite(ModelProto quantized, Int8Form form)
    {
        ModelProto model = OnnxReader.Read(Bytes(quantized), "the quantized model");
        if (form is Int8Form.U8U8 or Int8Form.QLinearU8U8) Shift(model.Graph, ElementType.Int8, ElementType.UInt8);
        if (form is Int8Form.S8S8 or Int8Form.QLinearS8S8) Shift(model.Graph, ElementType.UInt8, ElementType.Int8);
        if (form is Int8Form.QLinearU8S8 or Int8Form.QLinearU8U8 or Int8Form.QLinearS8S8) QOperatorForm.Rewrite(model);
        return model;
    }

    public static byte[] Bytes(ModelProto model)
    {
        using var stream = new MemoryStream();
        OnnxWriter.Write(model, stream);
        return stream.ToArray();
    }

    /// <summary>Turns constants of one 8-bit type, values and zero points alike, into the other: the top bit is inverted, real values stay.</summary>
    private static void Shift(GraphProto graph, ElementType from, ElementType to)
    {
        foreach (TensorProto tensor in graph.Initializers.Where(t => t.ElementType == from))
        {
            tensor.RawData = Array.ConvertAll(tensor.GetBytes().ToArray(), b => (byte)(b ^ 0x80));
            tensor.Int32Data.Clear();
            tensor.DataType = (int)to;
        }
    }

    private static Tensor[] Sample(IReadOnlyList<TensorInfo> inputs, int seed)
    {
        var random = new Random(seed);
        return [.. inputs.Select(input =>
        {
            var tensor = Tensor.Create(input.Type, new Shape([.. input.Dimensions!.Select(d => d.Size)]));
            foreach (ref float v in tensor.AsSpan<float>()) v = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            return tensor;
        })];
    }
}
