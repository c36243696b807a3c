using System.CommandLine;
using Edge.Cli.Commands;

namespace Edge.Cli.Providers;

/// <summary>What the options say about who runs a model.</summary>
/// <param name="Provider"><see cref="Own"/>, <see cref="Auto"/>, or ONNX Runtime's providers as its adapter reads them.</param>
/// <param name="Policy">Null if it was not given.</param>
/// <param name="Optimization">How far ONNX Runtime rewrites the graph, one of <see cref="Levels"/>; null if it was not given.</param>
/// <param name="EngineCache">A folder.</param>
/// <param name="ChoiceCache">A file.</param>
/// <param name="Remeasure">Whether to measure although the choice is known.</param>
/// <param name="Tolerance">Of <see cref="Auto"/>; null for the usual.</param>
internal sealed record ProviderArguments(string Provider, string? Policy, string? Optimization, string? EngineCache, string? ChoiceCache, bool Remeasure, double? Tolerance)
{
    /// <summary>This project's own runtime.</summary>
    public const string Own = "edge";

    /// <summary>Whichever is fastest.</summary>
    public const string Auto = "auto";

    /// <summary>ONNX Runtime's CPU provider, as <c>--against</c> and <c>verify</c> have always called it.</summary>
    public const string OnnxRuntime = "onnxruntime";

    public static readonly string[] Policies = ["fail", "warn", "allow"];

    public static readonly string[] Levels = ["off", "basic", "extended", "all"];

    /// <summary>Whether nothing but the provider was given.</summary>
    public bool IsPlain => this == Of(Provider);

    /// <summary>Our own runtime, or ONNX Runtime's providers, without further ado.</summary>
    public static ProviderArguments Of(string provider) => new(provider, null, null, null, null, false, null);
}

/// <summary>The options themselves, which several commands have.</summary>
internal sealed class ProviderOptions
{
    private readonly Option<string> _provider = new("--provider")
    {
        HelpName = "list",
        Description = "what runs the model: edge (this runtime), auto (the fastest here that agrees with the reference; remembered), or ONNX Runtime's providers in order of preference, with options: cuda:device_id=0,cpu; `edge providers` lists them",
        DefaultValueFactory = _ => ProviderArguments.Own,
    };

    private readonly Option<string?> _policy = WordOption.OneOf("--provider-policy", "policy",
        "what to do when a provider is missing, or nodes would run on the CPU although it is not listed; fail, the default, refuses the model, warn logs it", ProviderArguments.Policies);

    private readonly Option<string?> _optimization = WordOption.OneOf("--provider-optimization", "level", "how far ONNX Runtime rewrites the graph; all by default", ProviderArguments.Levels);

    private readonly Option<string?> _engineCache = new("--engine-cache") { HelpName = "folder", Description = "keep what providers compile for this machine (TensorRT engines and the like) in this folder" };
    private readonly Option<string?> _choiceCache = new("--provider-cache") { HelpName = "file", Description = "where --provider auto remembers its choices; edge/providers.json in the user's cache folder by default" };
    private readonly Option<bool> _remeasure = new("--remeasure") { Description = "with --provider auto: measure again what is remembered" };
    private readonly Option<double?> _tolerance = NumberOption.RealOrNone("--provider-tolerance", "with --provider auto: what float results may be off by, as a share of the output's range; 0.0001 by default", min: 0, max: 1);

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_provider, _policy, _optimization, _engineCache, _choiceCache, _remeasure, _tolerance]) command.Options.Add(option);
    }

    public ProviderArguments Read(ParseResult p) =>
        new(p.GetValue(_provider)!, p.GetValue(_policy), p.GetValue(_optimization), p.GetValue(_engineCache), p.GetValue(_choiceCache), p.GetValue(_remeasure), p.GetValue(_tolerance));
}
