using System.CommandLine;
using Edge.Cli.Output;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Cli.Commands;

/// <summary>Arguments and options that several commands share.</summary>
internal static class ModelArguments
{
    public static Argument<string> Model() => new("model") { Description = "an ONNX file" };

    /// <summary>More threads than this are a slip of the hand: no machine that this is for has as many cores.</summary>
    private const int MostThreads = 256;

    public static Option<int> Threads() => NumberOption.Whole("--threads", "threads that work on one run; 0: one a core", value: 0, min: 0, MostThreads, "-t");

    public static Option<string?> Isa() => new("--isa") { HelpName = "set", Description = "kernel set to use instead of the best one (also: EDGE_ISA)" };

    public static Option<bool> Tune() => new("--tune") { Description = "measure here which way of computing each float32 convolution is the fastest, and remember it" };

    public static Option<string?> WeightCache() => new("--weight-cache") { HelpName = "folder", Description = "keep packed weights in this folder and map them from there: later starts are quicker, and processes share the memory; beyond 1 GB, files that were not used for long are deleted" };

    /// <summary>Null when it is not given, which means on.</summary>
    public static Option<string?> Winograd() => WordOption.OneOf("--winograd", "word", "Winograd's method for float32 3x3 convolutions, where it is faster; off: direct sums", ["on", "off"]);

    /// <summary>What a command was told of the session that it is to open.</summary>
    public static SessionOptions Session(ParseResult p, Option<int> threads, Option<string?> isa, Option<string?> winograd) =>
        new() { Threads = p.GetValue(threads), Isa = p.GetValue(isa), Winograd = p.GetValue(winograd) != "off" };

    public static Option<string[]> Dimensions() => new("--dim")
    {
        HelpName = "name=size",
        Description = "size of a free dimension, as name=size, or input.axis=size where it has no name; those not given count 1",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    /// <summary>Sizes by name, from <c>name=size</c>.</summary>
    public static Dictionary<string, int> ParseDimensions(string[] texts)
    {
        var sizes = new Dictionary<string, int>();
        foreach (string text in texts)
        {
            int equals = text.IndexOf('=');
            if (equals <= 0 || !int.TryParse(text.AsSpan(equals + 1), out int size) || size < 1)
                throw new CommandException($"--dim {text}: write name=size with a size of at least 1, such as batch=1");
            if (!sizes.TryAdd(text[..equals], size)) throw new CommandException($"--dim {text}: the size of '{text[..equals]}' is given twice");
        }

        return sizes;
    }

    /// <summary>A concrete shape an input: free dimensions take the named size, else 1.</summary>
    public static Shape[] Shapes(IReadOnlyList<TensorInfo> inputs, IReadOnlyDictionary<string, int> sizes)
    {
        var names = FreeDimensions(inputs);
        if (sizes.Keys.FirstOrDefault(k => !inputs.Any(i => Enumerable.Range(0, i.Dimensions?.Count ?? 0).Any(a => Names(i, a, k)))) is { } unknown)
        {
            throw new CommandException($"--dim {unknown}: the model has no such dimension; its free dimensions: {(names.Count == 0 ? "none" : string.Join(", ", names))}");
        }

        return [.. inputs.Select(i => i.Dimensions is null
            ? throw new CommandException($"input {i}: the model leaves its rank open; it can be run with data only")
            : new Shape([.. i.Dimensions.Select((d, axis) => d.IsFixed ? d.Size : sizes.Where(s => Names(i, axis, s.Key)).Select(s => s.Value).FirstOrDefault(1))]))];
    }

    /// <summary>What <c>--dim</c> calls the free dimensions: their symbol, or <c>input.axis</c> where they have none.</summary>
    public static IReadOnlyList<string> FreeDimensions(IReadOnlyList<TensorInfo> inputs) =>
        [.. inputs.SelectMany(i => (i.Dimensions ?? []).Select((d, axis) => d.IsFixed ? null : d.Symbol ?? $"{i.Name}.{axis}")).OfType<string>().Distinct()];

    /// <summary>
    /// Runs <paramref name="work"/>; where the model cannot run for free dimensions that nobody gave, the message says how to
    /// give them.
    /// </summary>
    public static T WithDimensions<T>(IReadOnlyList<TensorInfo> inputs, IReadOnlyDictionary<string, int> sizes, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Onnx.ModelException e) when (MissingDimensions(inputs, sizes) is { } hint)
        {
            throw new Onnx.ModelException($"{e.Message}; {hint}", e);
        }
    }

    /// <summary>How to give the sizes of free dimensions that nobody gave; null where all are known.</summary>
    public static string? MissingDimensions(IReadOnlyList<TensorInfo> inputs, IReadOnlyDictionary<string, int> sizes) =>
        FreeDimensions(inputs).Where(n => !sizes.ContainsKey(n)).ToList() is { Count: > 0 } missing
            ? $"free dimensions count 1 where their size is not given: --dim {string.Join(' ', missing.Select(n => $"{n}=SIZE"))}" : null;

    private static bool Names(TensorInfo input, int axis, string name) =>
        !input.Dimensions![axis].IsFixed && (input.Dimensions[axis].Symbol == name || $"{input.Name}.{axis}" == name);
}
