using System.CommandLine;
using System.Globalization;
using Edge.Quantization.Observers;

namespace Edge.Cli.Commands;

/// <summary>How the ranges of activations are chosen.</summary>
/// <param name="Estimator">What estimates them.</param>
/// <param name="Measured">Whether each is chosen among all estimators by measurement.</param>
internal sealed record RangeChoice(IRangeEstimator Estimator, bool Measured);

/// <summary><c>--ranges percentile-99.9</c>.</summary>
internal static class RangeOption
{
    private const string Percentile = "percentile-", Best = "measured";

    public static Option<RangeChoice?> Create()
    {
        const string Name = "--ranges";
        string words = string.Join(", ", RangeEstimators.All.Select(e => e.Name.StartsWith(Percentile, StringComparison.Ordinal) ? Percentile + "N" : e.Name).Append(Best));
        return new Option<RangeChoice?>(Name)
        {
            HelpName = "how",
            Description = $"how the ranges of activations are chosen: {words} (each by what it does to the outputs); a search begins with min-max",
            CustomParser = r =>
            {
                string text = r.Tokens[0].Value;
                if (text == Best) return new RangeChoice(RangeEstimators.MinMax, true);
                if (RangeEstimators.All.FirstOrDefault(e => e.Name == text) is { } found) return new RangeChoice(found, false);
                if (text.StartsWith(Percentile, StringComparison.Ordinal)
                    && double.TryParse(text[Percentile.Length..], NumberStyles.Float, CultureInfo.InvariantCulture, out double percent) && percent is > 50 and <= 100)
                    return new RangeChoice(new PercentileEstimator(percent), false);
                r.AddError($"{Name} {text}: one of {words} is expected, with N above 50 and at most 100");
                return null;
            },
        };
    }
}
