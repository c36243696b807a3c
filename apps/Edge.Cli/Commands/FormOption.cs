using System.CommandLine;
using Edge.Quantization;

namespace Edge.Cli.Commands;

/// <summary><c>--form dynamic</c>.</summary>
internal static class FormOption
{
    private static readonly (string Word, QuantizationForm Form)[] s_forms =
    [
        ("static", QuantizationForm.Static), ("dynamic", QuantizationForm.Dynamic), ("weights-8", QuantizationForm.WeightOnly8), ("weights-4", QuantizationForm.WeightOnly4),
    ];

    /// <summary>The form of that name, static for none; null if there is no such form.</summary>
    public static QuantizationForm? Read(string? word)
    {
        if (word is null) return QuantizationForm.Static;
        foreach ((string name, QuantizationForm form) in s_forms)
            if (name == word) return form;
        return null;
    }

    public static Option<QuantizationForm> Create()
    {
        const string Name = "--form";
        string words = string.Join(", ", s_forms.Select(f => f.Word));
        return new Option<QuantizationForm>(Name)
        {
            HelpName = "form",
            Description = "what becomes integers: static (weights and activations, with ranges observed on samples), dynamic (dense layers and LSTMs find ranges while they run), "
                + "weights-8 or weights-4 (only weights, for memory and for products of few rows). All but static need no samples",
            CustomParser = r =>
            {
                string text = r.Tokens[0].Value;
                if (Read(text) is { } form) return form;
                r.AddError($"{Name} {text}: one of {words} is expected");
                return default;
            },
        };
    }
}
