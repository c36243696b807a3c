using Edge.ModelMatrix.Samples;
using Edge.OnnxRuntime;
using Edge.Runtime;

namespace Edge.ModelMatrix.Checks;

/// <summary>
/// Runs every model here and in ONNX Runtime on the same real inputs. fp32 must agree within 1e-4 of the output's range;
/// int8 within one step on 99.9% of the values, or in the top-1 of every sample.
/// </summary>
internal static class AgreementCheck
{
    private const double Fp32Tolerance = 1e-4;
    private const double Int8Share = 0.999;

    public static bool Run(string data, SharedSets sets, IEnumerable<ModelCase> cases, int samples)
    {
        Console.WriteLine($"Agreement with ONNX Runtime on real inputs (at most {samples} samples a model)");
        Console.WriteLine($"  {"model",-30}{"form",-11}{"samples",8}{"error/range",14}{"within a step",15}{"same top-1",12}  verdict");
        bool good = true;
        foreach (var c in cases)
        {
            var inputs = c.Open(sets);
            foreach (var (form, path) in c.Int8.Prepend(("fp32", c.Fp32)))
            {
                try
                {
                    good &= Compare(data, c, form, path, inputs, samples);
                }
                catch (Onnx.ModelException e)
                {
                    Console.WriteLine($"  {c.Name,-30}{form,-11}{e.Message}");
                    good = false;
                }
            }
        }

        Console.WriteLine();
        return good;
    }

    private static bool Compare(string data, ModelCase c, string form, string path, ISamples inputs, int samples)
    {
        var bytes = ModelFiles.Read(data, path);
        using var model = Model.Load(bytes, Path.GetFileName(path));
        using var ours = new InferenceSession(model);
        using var theirs = OnnxRuntimeSession.Load(bytes, model.Name, new OnnxRuntimeOptions { Spin = false });
        var a = new Agreement { Steps = Agreement.StepsOf(model) };
        int count = Math.Min(samples, inputs.Count);
        for (int i = 0; i < count; i++)
        {
            // Spread over the set, so that all classes come in.
            var input = inputs.Input((int)((long)i * inputs.Count / count));
            a.Add(ours.Run(input), theirs.Run(input));
        }

        bool good = form == "fp32" ? a.RelativeError <= Fp32Tolerance : a.WithinOneStep >= Int8Share || a.SameTop1 == a.Samples;
        string within = double.IsNaN(a.WithinOneStep) ? "-" : $"{100 * a.WithinOneStep:0.000} %";
        Console.WriteLine($"  {c.Name,-30}{form,-11}{a.Samples,8}{a.RelativeError,14:0.0e+00}{within,15}{$"{a.SameTop1}/{a.Samples}",12}  {(good ? "agrees" : "DIFFERS")}");
        return good;
    }
}
