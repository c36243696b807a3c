using System.CommandLine;
using System.Globalization;

namespace Edge.Cli.Commands;

/// <summary><c>--fix sr=16000</c>: inputs that always have one value.</summary>
internal static class FixOption
{
    public static Option<Dictionary<string, double>> Create() => new("--fix")
    {
        HelpName = "input=value",
        Description = "make the model for one value of an input, such as a sampling rate: the input goes, and of branches that it decides only the one that is taken stays, whose layers are quantized like all others",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
        CustomParser = r =>
        {
            var values = new Dictionary<string, double>();
            foreach (string text in r.Tokens.Select(t => t.Value))
            {
                int equals = text.LastIndexOf('=');
                string number = text[(equals + 1)..];
                double value = number switch { "true" => 1, "false" => 0, _ => double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double v) && double.IsFinite(v) ? v : double.NaN };
                if (equals <= 0 || double.IsNaN(value)) r.AddError($"--fix {text}: write input=value with a number, true or false, such as sr=16000");
                else if (!values.TryAdd(text[..equals], value)) r.AddError($"--fix {text}: '{text[..equals]}' is fixed twice");
            }
            return values;
        },
    };
}
