using Edge.Onnx;
using Edge.OnnxRuntime;
using Edge.Quantization;
using Edge.Quantization.Calibration;
using Edge.Runtime;
using Edge.SharedModels;
using Edge.SharedModels.Samples;

namespace Edge.ModelMatrix.Checks;

/// <summary>
/// Measures every labelled model on its whole set: fp32, which must give the figure of DATA.md to within one sample, the
/// int8 forms that come with it, and the int8 model that our quantizer makes, here and in ONNX Runtime.
/// </summary>
internal static class AccuracyCheck
{
    private const int CalibrationSamples = 200;

    public static bool Run(string data, SharedSets sets, IEnumerable<ModelCase> cases)
    {
        Console.WriteLine($"Accuracy on the labelled sets (top-1 in %, ad01: mean squared error); our int8 is calibrated on up to {CalibrationSamples} samples");
        Console.WriteLine($"  {"model",-26}{"samples",8}{"DATA.md",9}{"fp32",8}{"QDQ",8}{"QOper.",8}{"our int8",10}{"in ORT",8}{"same label",12}  verdict");
        bool good = true;
        foreach (var c in cases.Where(c => c.Metric != Metric.None)) good &= Measure(data, sets, c);
        Console.WriteLine();
        return good;
    }

    private static bool Measure(string data, SharedSets sets, ModelCase c)
    {
        var samples = c.Open(sets);
        var fp32 = ModelFiles.Read(data, c.Fp32!);
        var int8 = Quantize(fp32, c, samples);
        using var reference = Open(fp32, c.Name);
        using var ours = Open(int8, c.Name + " int8");
        using var theirs = OnnxRuntimeSession.Load(int8, c.Name + " int8", new OnnxRuntimeOptions { Spin = false });
        var given = c.Int8.Select(i => Open(ModelFiles.Read(data, i.Path), i.Path)).ToArray();
        try
        {
            IInferenceSession[] sessions = [reference, ours, theirs, .. given];
            var scores = new Score[sessions.Length];
            int same = 0;
            for (int i = 0; i < samples.Count; i++)
            {
                var input = samples.Input(i);
                for (int s = 0; s < sessions.Length; s++) scores[s].Add(c, input, sessions[s].Run(input)[0], samples.Label(i));
                if (scores[1].LastClass == scores[2].LastClass) same++;
            }

            return Report(c, samples.Count, scores, same);
        }
        finally
        {
            foreach (var s in given) s.Dispose();
        }
    }

    private static bool Report(ModelCase c, int count, Score[] scores, int same)
    {
        double fp32 = scores[0].Value(c, count);
        // The figures are rounded to their last digit.
        bool good = c.Metric == Metric.Top1 ? Math.Abs(fp32 - c.Figure) <= 100.0 / count + 0.05 : Math.Abs(fp32 - c.Figure) <= 0.001;
        string Given(string form) => c.Int8.Select((x, i) => (x.Form, i)).Where(x => x.Form == form).Select(x => $"{scores[3 + x.i].Value(c, count):0.00}").FirstOrDefault() ?? "-";
        string format = c.Metric == Metric.Top1 ? "0.00" : "0.000";
        Console.WriteLine($"  {c.Name,-26}{count,8}{c.Figure,9:0.0##}{fp32.ToString(format),8}{Given("QDQ"),8}{Given("QOperator"),8}"
            + $"{scores[1].Value(c, count).ToString(format),10}{scores[2].Value(c, count).ToString(format),8}{(c.Metric == Metric.Top1 ? $"{100.0 * same / count:0.00} %" : "-"),12}  {(good ? "as given" : "OTHER THAN GIVEN")}");
        return good;
    }

    private static byte[] Quantize(byte[] fp32, ModelCase c, ISamples samples)
    {
        int count = Math.Min(CalibrationSamples, samples.Count);
        var source = new DelegateCalibrationSource(c.Name, count, _ => Enumerable.Range(0, count)
            .Select(i => (IReadOnlyList<Tensors.Tensor>)[samples.Input((int)((long)i * samples.Count / count))]));
        var result = Quantizer.Quantize(OnnxReader.Read(fp32, c.Name), source, new QuantizationOptions { MeasuredSamples = 0 });
        using var stream = new MemoryStream();
        OnnxWriter.Write(result.Model, stream);
        return stream.ToArray();
    }

    private static InferenceSession Open(byte[] bytes, string name)
    {
        using var model = Model.Load(bytes, name);
        return new InferenceSession(model);
    }

    private struct Score
    {
        private int _right;
        private double _squares;

        public int LastClass { get; private set; }

        public void Add(ModelCase c, Tensors.Tensor input, Tensors.Tensor output, int label)
        {
            if (c.Metric == Metric.Top1)
            {
                LastClass = Agreement.ArgMax(output.AsSpan<float>()[c.FirstClass..]);
                if (LastClass == label) _right++;
                return;
            }

            double sum = 0;
            for (int i = 0; i < output.Count; i++)
            {
                double d = (double)input.AsSpan<float>()[i] - output.AsSpan<float>()[i];
                sum += d * d;
            }

            _squares += sum / output.Count;
        }

        public readonly double Value(ModelCase c, int count) => c.Metric == Metric.Top1 ? 100.0 * _right / count : _squares / count;
    }
}
