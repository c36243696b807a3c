using Edge.OnnxRuntime;
using Edge.Runtime;
using Edge.SharedModels;
using Edge.SharedModels.Samples;

namespace Edge.ModelMatrix.Checks;

/// <summary>
/// Runs every model here and in ONNX Runtime on the same real inputs. fp32 must agree within the case's part of the output's range, and
/// in 99.9% of the labels where those are the output; int8 within one step on 99.9% of the values, or in the top-1 of every
/// sample, and in 97% of the labels. Models that hand on a state run at least 50 steps, each engine with its own.
/// </summary>
internal static class AgreementCheck
{
    private const double Int8Share = 0.999;

    /// <summary>One step in a score of a coarse map decides over the labels of all pixels that are interpolated from it.</summary>
    private const double Int8Labels = 0.97;

    private const int LeastSteps = 50;

    public static bool Run(string data, SharedSets sets, IEnumerable<ModelCase> cases, int samples, SessionOptions options)
    {
        Console.WriteLine($"Agreement with ONNX Runtime on real inputs (at most {samples} samples a model; models with a state at least {LeastSteps} steps)");
        Console.WriteLine($"  {"model",-31}{"form",-10}{"samples",8}{"error/range",13}{"in a step",11}{"labels",9}{"top-1",8}  {"verdict",-9}operators");
        bool good = true;
        foreach (var c in cases)
        {
            if (c.Refused is { } operation)
            {
                good &= IsRefused(data, c, operation);
                continue;
            }

            var inputs = c.Open(sets);
            foreach (var (form, path) in c.Files)
            {
                try
                {
                    good &= Compare(data, c, form, path, inputs, samples, options);
                }
                catch (Onnx.ModelException e)
                {
                    Console.WriteLine($"  {c.Name,-31}{form,-10}{e.Message}");
                    good = false;
                }
            }
        }

        Console.WriteLine();
        return good;
    }

    private static bool Compare(string data, ModelCase c, string form, string path, ISamples inputs, int samples, SessionOptions options)
    {
        var bytes = ModelFiles.Read(data, path);
        using var model = Model.Load(bytes, Path.GetFileName(path));
        using var ours = new Steps(new InferenceSession(model, options), c);
        // ONNX Runtime refuses the DeepLab QDQ file above its basic level, for a fault of its own (DATA.md).
        var level = path.Contains("deeplab", StringComparison.Ordinal) ? Microsoft.ML.OnnxRuntime.GraphOptimizationLevel.ORT_ENABLE_BASIC : Microsoft.ML.OnnxRuntime.GraphOptimizationLevel.ORT_ENABLE_ALL;
        using var theirs = new Steps(OnnxRuntimeSession.Load(bytes, model.Name, new OnnxRuntimeOptions { Spin = false, Optimization = level }), c);
        var a = new Agreement { Steps = Agreement.StepsOf(model) };
        bool stateful = c.State.Count > 0;
        int count = Math.Min(stateful ? Math.Max(LeastSteps, samples) : samples, inputs.Count);
        for (int i = 0; i < count; i++)
        {
            // Spread over the set, so that all classes come in; a state needs them in order.
            var input = inputs.Inputs(stateful ? i : (int)((long)i * inputs.Count / count));
            a.Add(ours.Run(input), theirs.Run(input));
        }

        bool labels = double.IsNaN(a.EqualIntegers) || a.EqualIntegers >= (form == "fp32" ? Int8Share : Int8Labels);
        bool good = labels && (form == "fp32" ? a.RelativeError <= c.Fp32Tolerance : a.WithinOneStep >= Int8Share || a.SameTop1 == a.Samples);
        Console.WriteLine($"  {c.Name,-31}{form,-10}{a.Samples,8}{a.RelativeError,13:0.0e+00}{Percent(a.WithinOneStep),11}{Percent(a.EqualIntegers),9}{$"{a.SameTop1}/{a.Samples}",8}  {(good ? "agrees" : "DIFFERS"),-9}{Operators(model)}");
        return good;
    }

    private static bool IsRefused(string data, ModelCase c, string operation)
    {
        try
        {
            using var model = Model.Load(ModelFiles.Read(data, c.Fp32!), Path.GetFileName(c.Fp32!));
            Console.WriteLine($"  {c.Name,-31}loads, although it needs {operation}");
            return false;
        }
        catch (Onnx.ModelException e) when (e.Message.Contains(operation, StringComparison.Ordinal))
        {
            Console.WriteLine($"  {c.Name,-31}refused, as it must be: {e.Message}");
            return true;
        }
    }

    private static string Percent(double share) => double.IsNaN(share) ? "-" : $"{100 * share:0.00} %";

    /// <summary>Operators of the graph and of the graphs inside of it, the most frequent first.</summary>
    private static string Operators(Model model)
    {
        var counts = new Dictionary<string, int>();
        Count(model.Proto.Graph!.Nodes);
        return string.Join(' ', counts.OrderByDescending(p => p.Value).ThenBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}:{p.Value}"));

        void Count(IEnumerable<Onnx.NodeProto> nodes)
        {
            foreach (var node in nodes)
            {
                counts[node.OpType] = counts.GetValueOrDefault(node.OpType) + 1;
                foreach (var a in node.Attributes)
                    if (a.G is not null) Count(a.G.Nodes);
            }
        }
    }
}
