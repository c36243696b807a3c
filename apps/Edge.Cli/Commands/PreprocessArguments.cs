using System.CommandLine;
using Edge.Cli.Output;
using Edge.Imaging.Preprocessing;
using Edge.Pipeline;

namespace Edge.Cli.Commands;

/// <summary>The option that says how pictures become a model's input.</summary>
internal static class PreprocessArguments
{
    public static Option<string?> Option() => new("--preprocess")
    {
        HelpName = "steps",
        Description = "how pictures become input, such as resize=256,crop=224,scale=1/255,mean=0.485:0.456:0.406,std=0.229:0.224:0.225,color=rgb; "
            + "what is left out follows from the model, and all of it from pipeline.json beside the model where there is one",
    };

    /// <summary>What the option says; else the file beside the model; else the model's own declarations.</summary>
    public static PreprocessOptions Resolve(string? text, PipelineFile? file) => Parse(text) ?? file?.Preprocess ?? new PreprocessOptions();

    /// <summary>What the option says; null where it was not given.</summary>
    public static PreprocessOptions? Parse(string? text)
    {
        if (text is null) return null;
        try
        {
            return PreprocessOptions.Parse(text);
        }
        catch (FormatException e)
        {
            throw new CommandException($"--{e.Message}", e);
        }
    }
}
