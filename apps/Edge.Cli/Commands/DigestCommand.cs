using System.CommandLine;
using System.Text;
using Edge.Cli.Output;
using Edge.Cli.Providers;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Cli.Commands;

/// <summary>
/// <c>edge digest</c>: a fingerprint of a model's outputs. Of an int8 model it is the same on every machine and kernel
/// set, which is how CI holds a board's binary against a PC's.
/// </summary>
internal static class DigestCommand
{
    public static Command Create(Terminal terminal)
    {
        var models = new Argument<string[]>("models") { Description = "ONNX files", Arity = ArgumentArity.OneOrMore };
        var runs = NumberOption.Whole("--runs", "pseudo-random inputs a model, the same on every machine", value: 3, min: 1, max: 1_000_000, "-n");
        var threads = ModelArguments.Threads();
        var isa = ModelArguments.Isa();
        var winograd = ModelArguments.Winograd();
        var dims = ModelArguments.Dimensions();
        var command = new Command("digest", "Prints the SHA-256 of a model's outputs for fixed inputs: the same everywhere for int8 models.") { models, runs, threads, isa, winograd, dims };
        command.SetAction((p, cancellation) =>
        {
            var sizes = ModelArguments.ParseDimensions(p.GetValue(dims)!);
            foreach (string path in p.GetValue(models)!)
            {
                using var session = Engines.OpenOwn(path, ModelArguments.Session(p, threads, isa, winograd));
                terminal.Line($"{Of(session, sizes, p.GetValue(runs), cancellation)}  {Path.GetFileName(path)}");
            }

            return Task.FromResult(0);
        });
        return command;
    }

    private static string Of(InferenceSession session, Dictionary<string, int> sizes, int runs, CancellationToken cancellation)
    {
        var random = new Random(1);
        var hash = new Sha256();
        var shapes = ModelArguments.Shapes(session.Inputs, sizes);
        for (int i = 0; i < runs; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Tensor[] inputs = [.. shapes.Select((s, k) => RandomTensors.Create(session.Inputs[k].Type, s, random))];
            foreach (var output in ModelArguments.WithDimensions(session.Inputs, sizes, () => session.Run(inputs))) Append(hash, output);
        }

        return hash.Finish();
    }

    /// <summary>Strings by their text: what stands for them in memory differs from process to process.</summary>
    private static void Append(Sha256 hash, Tensor output)
    {
        if (output.Type == DataType.String) hash.Append(Encoding.UTF8.GetBytes(string.Join('\0', output.ToStrings())));
        else hash.Append(output.Bytes);
    }
}
