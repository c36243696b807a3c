using System.Diagnostics;
using System.Globalization;
using Edge.Evaluation.Tasks;
using Edge.Onnx;
using Edge.OnnxRuntime;
using Edge.Quantization;
using Edge.Quantization.Calibration;
using Edge.Quantization.Metrics;
using Edge.Quantization.Search;
using Edge.Runtime;
using Edge.SharedModels;
using Edge.SharedModels.Samples;
using Edge.Tensors;

namespace Edge.AccuracyTable.Measuring;

/// <summary>How the int8 models are made.</summary>
internal enum Int8Form
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By the quantizer at its defaults.</summary>
    Plain,

    /// <summary>By the search for a model that keeps the drop that is allowed, on the samples that judge.</summary>
    Search,
}

/// <summary>Measures one model.</summary>
/// <param name="data">The folder <c>shared/data</c>.</param>
/// <param name="sets">Its data.</param>
/// <param name="form">How int8 models are made.</param>
/// <param name="keep">Folder where they stay; null to forget them.</param>
internal sealed class Measurement(string data, SharedSets sets, Int8Form form, string? keep)
{
    private const int OnnxRuntimeSamples = 200;

    public AccuracyRow Of(AccuracyCase c)
    {
        var row = new AccuracyRow(c.Name) { MaxDrop = c.MaxDrop, Relative = c.Relative };
        try
        {
            return Measure(c, row);
        }
        catch (ModelException e)
        {
            return row with { Failure = e.Message.ReplaceLineEndings(" ") };
        }
    }

    private AccuracyRow Measure(AccuracyCase c, AccuracyRow row)
    {
        byte[] fp32 = ModelFiles.Read(data, c.Model);
        if (c.Fixed.Count > 0) fp32 = Bytes(Quantizer.Specialize(OnnxReader.Read(fp32, c.Name), new QuantizationOptions { FixedInputs = c.Fixed }));
        DataSet set = c.Open(sets);
        using var reference = new SteppedModel(Open(fp32, c.Name, 0), c);
        EvaluationTask task = set.Task(reference.Session);
        Figure figure = task.Figures[0];
        row = row with
        {
            Metric = figure.Name, Unit = figure.Unit, Samples = set.Evaluation.Count, CalibrationSamples = set.Calibration.Count, Split = set.Split, Fp32Bytes = fp32.Length,
        };
        if (form == Int8Form.None) return row with { Fp32 = Score(task, set.Evaluation, reference, reference).Fp32 };

        (byte[] int8, DropInterval? interval) = Quantize(fp32, c, set, task);
        if (keep is not null) File.WriteAllBytes(Path.Combine(keep, c.Name.Replace(' ', '_') + ".int8.onnx"), int8);
        using var quantized = new SteppedModel(Open(int8, c.Name + " int8", 0), c);
        (double before, double after) = Score(task, set.Evaluation, reference, quantized);
        row = row with
        {
            Fp32 = before, Int8 = after, Drop = figure.HigherIsBetter ? before - after : after - before, Interval = interval, Int8Bytes = int8.Length, FloatMacs = FloatMacs((InferenceSession)quantized.Session),
        };
        EvaluationTask? beside = set.Beside?.Invoke(reference.Session);
        if (beside is not null)
            row = row with { Beside = string.Create(CultureInfo.InvariantCulture, $"{beside.Figures[0].Name} {Score(beside, set.Evaluation, reference, quantized).Int8:0.0} {beside.Figures[0].Unit}") };
        (double fp32Ms, double int8Ms) = Time(fp32, int8, c, set.Evaluation);
        return row with { Fp32Ms = fp32Ms, Int8Ms = int8Ms, OnnxRuntime = Agreement(int8, c, set.Evaluation, beside ?? task) };
    }

    /// <summary>The task's first figure of both models, each handing on its own state.</summary>
    private static (double Fp32, double Int8) Score(EvaluationTask task, ISamples samples, SteppedModel reference, SteppedModel other)
    {
        TaskScore before = task.Start(), after = task.Start();
        for (int i = 0; i < samples.Count; i++)
        {
            IReadOnlyList<Tensor> input = samples.Inputs(i);
            IReadOnlyList<Tensor> expected = reference.Run(input);
            before.Add(i, expected, expected);
            if (other != reference) after.Add(i, expected, other.Run(input));
        }
        return (before.Values[0], after.Values[0]);
    }

    private (byte[] Model, DropInterval? Interval) Quantize(byte[] fp32, AccuracyCase c, DataSet set, EvaluationTask task)
    {
        using var states = new SteppedModel(Open(fp32, c.Name, 0), c);
        ICalibrationSource Source(ISamples samples, string what) => new DelegateCalibrationSource($"{samples.Count} {what} samples of {c.Name}", samples.Count, _ => states.Steps(samples));
        ICalibrationSource calibration = Source(set.Calibration, "calibration");
        var options = new QuantizationOptions { MeasuredSamples = 0 };
        QuantizationResult result;
        if (form == Int8Form.Plain)
        {
            result = Quantizer.Quantize(OnnxReader.Read(fp32, c.Name), calibration, options);
        }
        else
        {
            string path = Path.Combine(Directory.CreateTempSubdirectory("edge-accuracy-").FullName, "model.onnx");
            File.WriteAllBytes(path, fp32);
            try
            {
                // States are those of the float model: the promise is about single steps.
                result = Quantizer.Search(path, calibration, new AccuracyPromise(task.Metrics[0], Source(set.Evaluation, "judged"), c.Relative ? c.MaxDrop / 100 : c.MaxDrop, c.Relative), options);
            }
            catch (ModelException e) when (e.Message.StartsWith(path, StringComparison.Ordinal))
            {
                // The file is one of ours, whose name tells nobody anything.
                throw new ModelException(e.Message[(path.Length + 2)..], e);
            }
            finally
            {
                Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
            }
        }
        return (Bytes(result.Model), result.Report.Promise?.Interval);
    }

    private static byte[] Bytes(ModelProto model)
    {
        using var stream = new MemoryStream();
        OnnxWriter.Write(model, stream);
        return stream.ToArray();
    }

    private static double FloatMacs(InferenceSession session)
    {
        IReadOnlyList<PlannedStep> steps = session.Describe().Steps;
        long all = steps.Sum(s => s.Macs);
        return all == 0 ? double.NaN : (double)steps.Where(s => !IsInteger(s.OpType)).Sum(s => s.Macs) / all;
    }

    /// <summary>QConvFloat multiplies integers, and only its result is float.</summary>
    private static bool IsInteger(string opType) =>
        opType.Contains("QLinear", StringComparison.Ordinal) || opType.Contains("Integer", StringComparison.Ordinal) || opType == "QConvFloat";

    /// <summary>Median times of one run on one thread, the two models taking turns.</summary>
    private static (double Fp32, double Int8) Time(byte[] fp32, byte[] int8, AccuracyCase c, ISamples samples)
    {
        const int Runs = 31;
        using var a = new SteppedModel(Open(fp32, c.Name, 1), c);
        using var b = new SteppedModel(Open(int8, c.Name, 1), c);
        Tensor[] input = [.. samples.Inputs(0).Select(t => t.Clone())];
        double[] first = new double[Runs], second = new double[Runs];
        for (int i = -3; i < Runs; i++)
        {
            double x = Timed(a, input), y = Timed(b, input);
            if (i >= 0) (first[i], second[i]) = (x, y);
        }
        Array.Sort(first);
        Array.Sort(second);
        return (first[Runs / 2], second[Runs / 2]);
    }

    private static double Timed(SteppedModel model, Tensor[] input)
    {
        long start = Stopwatch.GetTimestamp();
        model.Run(input);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>The same int8 model here and in ONNX Runtime.</summary>
    private static string Agreement(byte[] int8, AccuracyCase c, ISamples samples, EvaluationTask task)
    {
        using var ours = new SteppedModel(Open(int8, c.Name + " int8", 0), c);
        using var theirs = new SteppedModel(OnnxRuntimeSession.Load(int8, c.Name + " int8", new OnnxRuntimeOptions { Spin = false }), c);
        EvaluationTask agreement = task is BoxAgreementTask or AgreementTask ? task : new AgreementTask(AgreementMetric.For(null, ours.Session.Inputs, ours.Session.Outputs));
        TaskScore score = agreement.Start();
        int count = Math.Min(OnnxRuntimeSamples, samples.Count);
        for (int i = 0; i < count; i++)
        {
            // A state needs its steps in order; otherwise all classes are to come in.
            IReadOnlyList<Tensor> input = samples.Inputs(c.State.Count > 0 ? i : (int)((long)i * samples.Count / count));
            score.Add(i, theirs.Run(input), ours.Run(input));
        }
        return agreement.Figures[0].HigherIsBetter ? $"{score.Values[0]:0.0} %" : $"error {score.Values[0]:0.00} %";
    }

    private static InferenceSession Open(byte[] bytes, string name, int threads)
    {
        using var model = Model.Load(bytes, name);
        return new InferenceSession(model, new SessionOptions { Threads = threads });
    }
}
