using Edge.Onnx;
using Edge.OnnxRuntime;
using Edge.Quantization;
using Edge.Quantization.Calibration;
using Edge.Runtime;
using Edge.SharedModels;
using Edge.SharedModels.Samples;
using Edge.Tensors;

namespace Edge.ModelMatrix.Checks;

/// <summary>
/// Quantizes every float model in every form and holds what is written against ONNX Runtime: it must load there, and give the
/// answers that it gives here. Where activations are integers, that is the same top-1 on 99.5 % of the samples, or, where the
/// largest of an output means nothing, numbers within the case's part of the output's range; where only weights are, float's
/// tolerance. The models can be kept, for ONNX's own checker.
/// </summary>
internal static class InteropCheck
{
    private const double SameTop = 0.995;

    private const int CalibrationSamples = 16;

    private static readonly (QuantizationForm Form, string Name)[] s_forms =
        [(QuantizationForm.Static, "static"), (QuantizationForm.Dynamic, "dynamic"), (QuantizationForm.WeightOnly8, "weights-8"), (QuantizationForm.WeightOnly4, "weights-4")];

    public static bool Run(string data, SharedSets sets, IEnumerable<ModelCase> cases, int samples, string? keep)
    {
        Console.WriteLine($"Models that our quantizer writes, here and in ONNX Runtime (at most {samples} samples a model)");
        Console.WriteLine($"  {"model",-31}{"form",-11}{"samples",8}{"error/range",13}{"top-1",8}  verdict");
        bool good = true;
        foreach (var c in cases.Where(c => c.Fp32 is not null && c.Refused is null))
        {
            var inputs = c.Open(sets);
            byte[] fp32 = ModelFiles.Read(data, c.Fp32!);
            foreach (var (form, name) in s_forms)
            {
                try
                {
                    good &= Check(c, fp32, form, name, inputs, samples, keep);
                }
                catch (ModelException e)
                {
                    Console.WriteLine($"  {c.Name,-31}{name,-11}{e.Message}");
                    good &= e.Message.Contains("nothing to quantize", StringComparison.Ordinal);
                }
            }
        }

        Console.WriteLine();
        return good;
    }

    private static bool Check(ModelCase c, byte[] fp32, QuantizationForm form, string name, ISamples inputs, int samples, string? keep)
    {
        byte[] bytes = Quantize(c, fp32, form, inputs);
        if (keep is not null) File.WriteAllBytes(Path.Combine(keep, $"{c.Name.Replace(' ', '_')}.{name}.onnx"), bytes);
        using var model = Model.Load(bytes, c.Name);
        using var ours = new Steps(new InferenceSession(model), c);
        // At its higher levels ONNX Runtime makes integers of the activations, too, that meet 8-bit and 4-bit weights: another model.
        bool weightsOnly = form is QuantizationForm.WeightOnly8 or QuantizationForm.WeightOnly4;
        var level = weightsOnly ? Microsoft.ML.OnnxRuntime.GraphOptimizationLevel.ORT_ENABLE_BASIC : Microsoft.ML.OnnxRuntime.GraphOptimizationLevel.ORT_ENABLE_ALL;
        using var theirs = new Steps(OnnxRuntimeSession.Load(bytes, c.Name, new OnnxRuntimeOptions { Spin = false, Optimization = level }), c);
        var a = new Agreement { Steps = Agreement.StepsOf(model) };
        int count = Math.Min(samples, inputs.Count);
        for (int i = 0; i < count; i++)
        {
            var input = inputs.Inputs(c.State.Count > 0 ? i : (int)((long)i * inputs.Count / count));
            a.Add(ours.Run(input), theirs.Run(input));
        }
        bool near = weightsOnly ? a.RelativeError <= c.Fp32Tolerance : a.SameTop1 >= SameTop * a.Samples || a.RelativeError <= c.Int8Tolerance;
        bool good = near && !(a.EqualIntegers < SameTop);
        Console.WriteLine($"  {c.Name,-31}{name,-11}{a.Samples,8}{a.RelativeError,13:0.0e+00}{$"{a.SameTop1}/{a.Samples}",8}  {(good ? "agrees" : "DIFFERS")}");
        return good;
    }

    private static byte[] Quantize(ModelCase c, byte[] fp32, QuantizationForm form, ISamples inputs)
    {
        int count = Math.Min(CalibrationSamples, inputs.Count);
        var source = new DelegateCalibrationSource("samples of the shared folder", count, _ => Samples(c, fp32, inputs, count));
        using var stream = new MemoryStream();
        OnnxWriter.Write(Quantizer.Quantize(OnnxReader.Read(fp32, c.Name), source, new QuantizationOptions { Form = form, MeasuredSamples = 0 }).Model, stream);
        return stream.ToArray();
    }

    private static IEnumerable<IReadOnlyList<Tensor>> Samples(ModelCase c, byte[] fp32, ISamples inputs, int count)
    {
        using var model = Model.Load(fp32, c.Name);
        using var steps = new Steps(new InferenceSession(model), c);
        for (int i = 0; i < count; i++)
        {
            var given = inputs.Inputs(c.State.Count > 0 ? i : (int)((long)i * inputs.Count / count));
            yield return steps.Inputs(given);
            if (c.State.Count > 0) steps.Run(given);
        }
    }
}
