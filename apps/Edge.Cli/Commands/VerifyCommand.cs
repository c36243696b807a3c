using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Edge.Cli.Output;
using Edge.Cli.Providers;
using Edge.Quantization.Metrics;
using Edge.Runtime;
using Edge.Tensors;
using Spectre.Console;

namespace Edge.Cli.Commands;

/// <summary><c>edge verify</c>: how far two models, or two engines, agree on the same data.</summary>
internal static class VerifyCommand
{
    public static Command Create(Terminal terminal)
    {
        var a = new Argument<string>("a") { Description = "an ONNX file" };
        var b = new Argument<string?>("b") { Description = "an ONNX file with the same inputs and outputs; the same file to compare engines; without it, a is held to the certificate that edge quantize gave it", Arity = ArgumentArity.ZeroOrOne };
        var data = new Option<string?>("--data") { HelpName = "path", Description = "a folder of pictures, or .npy or .npz arrays; of one model, the data that its certificate is of" };
        var preprocess = PreprocessArguments.Option();
        var engineA = Engine("--engine-a", "what runs a");
        var engineB = Engine("--engine-b", "what runs b");
        var threads = ModelArguments.Threads();
        var isa = ModelArguments.Isa();
        var winograd = ModelArguments.Winograd();
        var atLeast = NumberOption.RealOrNone("--min-agreement", "of two models: exit with 2 if fewer than this percentage of the samples have the same top-1", min: 0, max: 100);
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var command = new Command("verify", "Compares two models, or one model on two engines; holds one quantized model to its certificate, and exits with 2 if it answers differently here.")
        {
            a, b, data, preprocess, engineA, engineB, threads, isa, winograd, atLeast, json,
        };
        command.Validators.Add(r =>
        {
            if (r.GetResult(b) is { Tokens.Count: > 0 } ? r.GetResult(data) is null : false) r.AddError("two models are compared on data: give --data");
            if (r.GetResult(b) is not { Tokens.Count: > 0 } && (r.GetResult(engineB) is { Implicit: false } || r.GetResult(atLeast) is { Implicit: false })) r.AddError("--engine-b and --min-agreement are for two models");
            if (r.GetResult(preprocess) is not null && r.GetResult(data) is null) r.AddError("--preprocess is about the pictures of --data; give both");
        });
        command.SetAction((p, cancellation) =>
        {
            var options = ModelArguments.Session(p, threads, isa, winograd);
            if (p.GetValue(b) is null)
            {
                Engines.RequireOwn(options, p.GetValue(engineA)!);
                using var certified = Engines.Open(terminal, p.GetValue(engineA)!, p.GetValue(a)!, options);
                return Task.FromResult(CertificateVerification.Run(terminal, p.GetValue(a)!, certified, p.GetValue(data), p.GetValue(preprocess), p.GetValue(json), cancellation));
            }

            Engines.RequireOwn(options, p.GetValue(engineA)!, p.GetValue(engineB)!);
            using var first = Engines.Open(terminal, p.GetValue(engineA)!, p.GetValue(a)!, options);
            using var second = Engines.Open(terminal, p.GetValue(engineB)!, p.GetValue(b)!, options);
            var report = Compare(first, second, p.GetValue(a)!, p.GetValue(b)!, p.GetValue(data)!, p.GetValue(preprocess), cancellation);
            if (p.GetValue(json)) terminal.Line(JsonSerializer.Serialize(report, VerifyJson.Default.VerifyReport));
            else Write(terminal, report);
            return Task.FromResult(p.GetValue(atLeast) is { } minimum && report.Top1AgreementPercent < minimum ? 2 : 0);
        });
        return command;
    }

    public static Option<string> Engine(string name, string what)
    {
        var option = new Option<string>(name) { HelpName = "engine", Description = $"{what}: {ProviderArguments.Own} or {ProviderArguments.OnnxRuntime}", DefaultValueFactory = _ => ProviderArguments.Own };
        option.Validators.Add(r =>
        {
            if (r.Tokens is [var engine] && engine.Value is not (ProviderArguments.Own or ProviderArguments.OnnxRuntime)) r.AddError($"{name} {engine.Value}: {ProviderArguments.Own} or {ProviderArguments.OnnxRuntime} is expected");
        });
        return option;
    }

    private static VerifyReport Compare(IInferenceSession a, IInferenceSession b, string nameA, string nameB, string data, string? preprocess, CancellationToken cancellation)
    {
        if (!a.Inputs.Select(i => i.Type).SequenceEqual(b.Inputs.Select(i => i.Type)) || a.Outputs.Count != b.Outputs.Count)
            throw new CommandException($"{nameA} and {nameB} cannot be compared: their inputs and outputs differ ({string.Join("; ", a.Inputs)} → {a.Outputs.Count} outputs; {string.Join("; ", b.Inputs)} → {b.Outputs.Count} outputs)");
        var outputs = a.Outputs.Select(o => new OutputComparison(o.Name)).ToArray();
        int samples = 0, same = 0;
        foreach (var inputs in PictureSamples.Open(data, preprocess, nameA).Read(a.Inputs))
        {
            cancellation.ThrowIfCancellationRequested();
            var x = a.Run([.. inputs]);
            var y = b.Run([.. inputs]);
            bool all = true;
            for (int i = 0; i < outputs.Length; i++) all &= outputs[i].Add(x[i], y[i], samples);
            samples++;
            if (all) same++;
        }

        if (samples == 0) throw new CommandException($"{data}: there are no samples in it");
        return new VerifyReport(nameA, a.Provider, nameB, b.Provider, samples, same, 100.0 * same / samples, [.. outputs.Select(o => o.Summarize())]);
    }

    private static void Write(Terminal terminal, VerifyReport r)
    {
        terminal.Line($"{r.ModelA} on {r.ProviderA} against {r.ModelB} on {r.ProviderB}, {r.Samples} samples");
        terminal.Line($"  same top-1   {r.SameTop1} of {r.Samples} ({r.Top1AgreementPercent:0.00} %)");
        var table = Terminal.NewTable("output", ">max error", ">mean error", ">max error / range", "worst sample");
        foreach (var o in r.Outputs)
            table.AddRow(Markup.Escape(o.Output), $"{o.MaxError:G4}", $"{o.MeanError:G4}", $"{o.RelativeError:0.0e+00}", $"#{o.WorstSample}");
        terminal.Console.Write(table);
        foreach (var o in r.Outputs.Where(o => o.NotFinite > 0))
            terminal.Line($"  {o.Output}: {o.NotFinite} {(o.NotFinite == 1 ? "value is" : "values are")} NaN or infinite in one of the models and not the same in the other");
    }

    /// <summary>The differences of one output over all samples.</summary>
    private sealed class OutputComparison(string name)
    {
        private double _max, _sum, _low = double.PositiveInfinity, _high = double.NegativeInfinity;
        private long _count, _notFinite;
        private int _worst;

        /// <summary>Whether both have their maximum in the same place.</summary>
        public bool Add(Tensor a, Tensor b, int sample)
        {
            if (a.Shape != b.Shape || a.Type != b.Type) throw new CommandException($"output '{name}' of sample {sample} is {a} in one model and {b} in the other");
            var x = TensorNumbers.Of(a);
            var y = TensorNumbers.Of(b);
            for (int i = 0; i < x.Length; i++)
            {
                double d = Difference(x[i], y[i]);
                if (d > _max) (_max, _worst) = (d, sample);
                _sum += d;
                Widen(x[i]);
                Widen(y[i]);
            }

            _count += x.Length;
            return TensorNumbers.ArgMax(x) == TensorNumbers.ArgMax(y);
        }

        public OutputReport Summarize() => new(name, _max, _count == 0 ? 0 : _sum / _count, _max == 0 || double.IsInfinity(_max) ? _max : _max / (_high - _low), _worst, _notFinite);

        /// <summary>0 of two NaNs or of equal infinities; infinite where only one is NaN or infinite, or both are and differ.</summary>
        private double Difference(double x, double y)
        {
            if (x.Equals(y)) return 0;
            if (double.IsFinite(x) && double.IsFinite(y)) return Math.Abs(x - y);
            _notFinite++;
            return double.PositiveInfinity;
        }

        private void Widen(double value)
        {
            if (double.IsFinite(value)) (_low, _high) = (Math.Min(_low, value), Math.Max(_high, value));
        }
    }
}

/// <summary>How far two models differ in an output.</summary>
/// <param name="Output">Its name.</param>
/// <param name="MaxError">The largest difference of two values; infinite where <paramref name="NotFinite"/> is not 0.</param>
/// <param name="MeanError">The mean difference.</param>
/// <param name="RelativeError">The largest difference, as a share of the range of all finite values.</param>
/// <param name="WorstSample">The first with the largest difference.</param>
/// <param name="NotFinite">Values that are NaN or infinite in one model and not the same in the other.</param>
internal sealed record OutputReport(string Output, double MaxError, double MeanError, double RelativeError, int WorstSample, long NotFinite);

internal sealed record VerifyReport(
    string ModelA, string ProviderA, string ModelB, string ProviderB, int Samples, int SameTop1, double Top1AgreementPercent, IReadOnlyList<OutputReport> Outputs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(VerifyReport))]
internal sealed partial class VerifyJson : JsonSerializerContext;
