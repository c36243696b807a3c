using System.CommandLine;
using System.Security.Cryptography;
using Edge.Cli.Output;
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
        var runs = new Option<int>("--runs", "-n") { Description = "pseudo-random inputs a model, the same on every machine", DefaultValueFactory = _ => 3 };
        var threads = ModelArguments.Threads();
        var isa = ModelArguments.Isa();
        var dims = ModelArguments.Dimensions();
        var command = new Command("digest", "Prints the SHA-256 of a model's outputs for fixed inputs: the same everywhere for int8 models.") { models, runs, threads, isa, dims };
        command.SetAction(p =>
        {
            if (p.GetValue(runs) < 1) throw new CommandException($"--runs {p.GetValue(runs)}: at least 1 is needed");
            var sizes = ModelArguments.ParseDimensions(p.GetValue(dims)!);
            foreach (string path in p.GetValue(models)!)
            {
                using var session = Engines.OpenOwn(path, new SessionOptions { Threads = p.GetValue(threads), Isa = p.GetValue(isa) });
                terminal.Line($"{Of(session, sizes, p.GetValue(runs))}  {Path.GetFileName(path)}");
            }

            return 0;
        });
        return command;
    }

    private static string Of(InferenceSession session, Dictionary<string, int> sizes, int runs)
    {
        var random = new Random(1);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var shapes = ModelArguments.Shapes(session.Inputs, sizes);
        for (int i = 0; i < runs; i++)
        {
            Tensor[] inputs = [.. shapes.Select((s, k) => RandomTensors.Create(session.Inputs[k].Type, s, random))];
            foreach (var output in session.Run(inputs)) hash.AppendData(output.Bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
