using Edge.Evaluation.Layouts;
using Edge.Evaluation.Samples;
using Edge.Evaluation.Tables;
using Edge.Evaluation.Tasks;
using Edge.Evaluation.Truths;
using Edge.Imaging;
using Edge.Pipeline;
using Edge.Pipeline.Postprocessing;
using Edge.Quantization.Metrics;
using Edge.Runtime;

namespace Edge.Evaluation;

/// <summary>Decides from model and data what the model's outputs are held to.</summary>
internal sealed class TaskChooser(DataOptions options, ModelFacts model, FittedData data, SelectedSamples samples)
{
    private readonly IReadOnlyList<OutputKind> _kinds = OutputKinds.Of(model.Graph, model.Inputs, model.Outputs);

    public (EvaluationTask Task, bool IsLabelled) Choose()
    {
        if (model.Outputs.Count == 0) throw new DataException("the model has no output that could be judged");
        return data.Truth() switch
        {
            TextTruth text => (OfText(text), true),
            BoxTruth boxes => (new PictureTasks(options, model, data, samples).Detection(boxes), true),
            MaskTruth masks when IsAutoencoder || IsSingle => (new AnomalyTask(new PictureTasks(options, model, data, samples).HaveDefects(masks), AnomalyScores()), true),
            MaskTruth masks => (new PictureTasks(options, model, data, samples).Segmentation(masks), true),
            _ => (Unlabelled(), false),
        };
    }

    private bool IsAutoencoder => options.Postprocess?.Reconstruction is not null
        || (options.Postprocess is null && model.Inputs is [{ Dimensions: { } i } input] && model.Outputs[0] is { Dimensions: { } o } && Same(i, o) && input.Type == model.Outputs[0].Type);

    /// <summary>The first output is one number.</summary>
    private bool IsSingle => model.Outputs[0].Dimensions is { } d && d.Select((x, axis) => x.IsFixed ? x.Size : axis == 0 ? 1 : -1).All(s => s == 1);

    private EvaluationTask Unlabelled()
    {
        if (data.Samples is PictureSet && new PictureTasks(options, model, data, samples).Boxes() is { } boxes) return boxes;
        return new AgreementTask(AgreementMetric.For(model.Graph, model.Inputs, model.Outputs));
    }

    private EvaluationTask OfText(TextTruth truth)
    {
        string[] labels = [.. samples.Indices.Select(i => truth.Labels[i])];
        if (IsAutoencoder) return Anomalies(truth, labels);
        if (_kinds[0] == OutputKind.Labels || _kinds.Contains(OutputKind.Classes)) return Classes(truth, labels);
        if (!IsSingle) throw new DataException($"{truth.Source} label each sample, but output {model.Outputs[0]} gives neither classes nor one number");
        if (labels.Distinct().Count() > 2 && labels.All(l => Number.TryParse(l, out _)))
            return new RegressionTask([.. labels.Select(l => Number.TryParse(l, out double v) ? v : double.NaN)], AnomalyTask.FirstNumber);
        return Anomalies(truth, labels);
    }

    private AnomalyTask Anomalies(TextTruth truth, string[] labels)
    {
        bool[] positive = [.. labels.Select(l => !AnomalyTask.IsGood(l))];
        if (positive.All(p => p)) throw new DataException($"{truth.Source}: none of {List(labels.Distinct())} says that a sample is good; call it good, normal, ok or 0");
        return new AnomalyTask(positive, AnomalyScores());
    }

    private Func<int, IReadOnlyList<Tensors.Tensor>, double> AnomalyScores() => IsAutoencoder ? AnomalyTask.Reconstruction(samples.Read) : AnomalyTask.FirstNumber;

    private ClassificationTask Classes(TextTruth truth, string[] texts)
    {
        int output = _kinds[0] == OutputKind.Labels ? 0 : Enumerable.Range(0, _kinds.Count).First(i => _kinds[i] == OutputKind.Classes);
        bool isLabel = _kinds[0] == OutputKind.Labels;
        bool skip = options.Postprocess?.Classification?.SkipFirst ?? false;
        int? classes = isLabel ? null : model.Outputs[output].Dimensions!.Aggregate(1, (n, d) => n * (d.IsFixed ? d.Size : 1)) - (skip ? 1 : 0);
        Labels names = Names(truth, classes);
        int[] numbers = [.. texts.Select((t, i) => ClassNumber(t, names, truth, samples.Name(i)))];
        return new ClassificationTask(names, numbers, output, skip ? 1 : 0, isLabel);
    }

    /// <summary>Those given; else numbers; else the words of the data in their order, as torchvision numbers folders.</summary>
    private Labels Names(TextTruth truth, int? classes)
    {
        if (options.Labels is { } given) return classes is { } c ? given.RequireCount(c, model.Outputs[0].Name) : given;
        string[] words = [.. truth.Labels.Distinct().Order(StringComparer.Ordinal)];
        if (words.All(w => Number.TryParseIndex(w, out _))) return Labels.Numbered(classes ?? words.Max(w => Number.TryParseIndex(w, out int n) ? n : 0) + 1);
        if (model.Outputs.Select(o => o.Columns).FirstOrDefault(c => c is not null) is { } columns) return Labels.Of(columns);
        if (classes is { } count && words.Length != count)
            throw new DataException($"{truth.Source} have {words.Length} classes ({List(words)}), the model has {count}: give the names of the model's classes with --labels");
        return Labels.Of(words);
    }

    private static int ClassNumber(string text, Labels names, TextTruth truth, string sample)
    {
        int named = names.Names.ToList().IndexOf(text);
        if (named >= 0) return named;
        if (Number.TryParseIndex(text, out int number) && number < names.Count) return number;
        throw new DataException($"{truth.Source}: '{text}' of {sample} is none of the model's classes: {List(names.Names)}");
    }

    internal static string List(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return string.Join(", ", all.Take(12)) + (all.Length > 12 ? $", … ({all.Length} in all)" : "");
    }

    private static bool Same(IReadOnlyList<Dimension> a, IReadOnlyList<Dimension> b) =>
        a.Count == b.Count && a.Zip(b).All(p => p.First.Size == p.Second.Size) && a.Select(d => Math.Max(1, d.Size)).Aggregate(1L, (n, d) => n * d) > 1;
}
