using Edge.Evaluation;
using Spectre.Console;

namespace Edge.Cli.Output;

/// <summary>What <c>edge evaluate</c> prints for people.</summary>
internal static class EvaluationText
{
    /// <summary>More classes than this make a matrix that no terminal is wide enough for.</summary>
    private const int MatrixClasses = 12;

    /// <summary>Of more classes than this only the worst are listed.</summary>
    private const int ListedClasses = 20;

    private const int WorstClasses = 10;

    public static void Write(Terminal terminal, EvaluationReport r, LabelledData data)
    {
        terminal.Line($"{r.Model} on {r.Provider}: {r.Task}, {r.Data}");
        int width = r.Figures.Max(f => f.Name.Length);
        foreach (var f in r.Figures) terminal.Line($"  {f.Name.PadRight(width)}  {Value(f),10}");
        terminal.Line($"  {r.Samples} samples, median {Units.Milliseconds(r.MedianMilliseconds)} a run");
        if (r.Classes is { Count: > 0 } classes) WriteClasses(terminal, classes);
        if (r.Confusions is { } confusions) WriteConfusions(terminal, r.Classes!, confusions);
        foreach (var s in r.Slices ?? []) WriteSlices(terminal, s);
        if (r.Slices is null && data.Slices.Count > 0) terminal.Line($"  --slice {string.Join(" or ", data.Slices.Select(s => s.Name))} judges parts of the data apart");
    }

    private static void WriteClasses(Terminal terminal, IReadOnlyList<EvaluatedClass> classes)
    {
        bool few = classes.Count <= ListedClasses;
        var shown = few ? classes : [.. classes.Where(c => Rank(c) is not null).OrderBy(Rank).ThenByDescending(c => c.Samples ?? c.Objects ?? 0).ThenBy(c => c.Class).Take(WorstClasses)];
        string head = few ? "class" : $"worst of {classes.Count} classes";
        bool detection = classes.Any(c => c.Objects is not null), segmentation = classes.Any(c => c.Overlap is not null);
        Table table = detection ? Terminal.NewTable(head, ">objects", ">found", ">AP@0.5", ">AP@0.5:0.95")
            : segmentation ? Terminal.NewTable(head, ">IoU") : Terminal.NewTable(head, ">samples", ">precision", ">recall", ">F1");
        foreach (var c in shown)
        {
            string name = Markup.Escape(c.Label);
            if (detection) table.AddRow(name, $"{c.Objects}", $"{c.Found}", Share(c.AveragePrecision50), Share(c.AveragePrecision));
            else if (segmentation) table.AddRow(name, Share(c.Overlap));
            else table.AddRow(name, $"{c.Samples}", Share(c.Precision), Share(c.Recall), Share(c.F1));
        }
        terminal.Console.Write(table);
    }

    private static double? Rank(EvaluatedClass c) => c.AveragePrecision50 ?? c.Overlap ?? (c.Samples > 0 ? c.F1 : null);

    private static void WriteConfusions(Terminal terminal, IReadOnlyList<EvaluatedClass> classes, IReadOnlyList<EvaluatedConfusion> confusions)
    {
        if (confusions.Count == 0) return;
        if (classes.Count > MatrixClasses)
        {
            var most = Terminal.NewTable("most confused", "taken for", ">samples");
            foreach (var c in confusions.Take(WorstClasses)) most.AddRow(Markup.Escape(c.Truth), Markup.Escape(c.Predicted), $"{c.Samples}");
            terminal.Console.Write(most);
            return;
        }
        // A column a class, under a letter: names are too long to stand side by side.
        var counts = confusions.ToDictionary(c => (c.TruthClass, c.PredictedClass), c => c.Samples);
        var matrix = Terminal.NewTable(["is, taken for", .. classes.Select((_, i) => $">{Letter(i)}")]);
        for (int row = 0; row < classes.Count; row++)
        {
            var truth = classes[row];
            int right = truth.Samples!.Value - confusions.Where(c => c.TruthClass == truth.Class).Sum(c => c.Samples);
            matrix.AddRow([$"{Letter(row)}  {Markup.Escape(truth.Label)}", .. classes.Select(p => Cell(p.Class == truth.Class ? right : counts.GetValueOrDefault((truth.Class, p.Class)), p.Class == truth.Class))]);
        }
        terminal.Console.Write(matrix);
    }

    private static char Letter(int index) => (char)('A' + index);

    private static string Cell(int count, bool right) => count == 0 ? "·" : right ? $"[green]{count}[/]" : $"[red]{count}[/]";

    private static void WriteSlices(Terminal terminal, EvaluatedSlices slices)
    {
        if (slices.Values.Count == 0) return;
        var table = Terminal.NewTable([$"by {slices.Property}", ">samples", .. slices.Values[0].Figures.Select(f => $">{f.Name}")]);
        // The worst first: that is what one looks for.
        bool higher = slices.Values[0].Figures[0].HigherIsBetter;
        foreach (var v in slices.Values.OrderBy(v => v.Figures[0].Value is { } x ? (higher ? x : -x) : double.PositiveInfinity))
            table.AddRow([Markup.Escape(v.Value.Length == 0 ? "(none)" : v.Value), $"{v.Samples}", .. v.Figures.Select(Value)]);
        terminal.Console.Write(table);
    }

    private static string Value(EvaluatedFigure f) => f.Value is not { } v ? "-" : f.Unit == "%" ? $"{v:0.00} %" : $"{v:0.0000}";

    private static string Share(double? v) => v is { } share ? $"{share:0.0} %" : "-";
}
