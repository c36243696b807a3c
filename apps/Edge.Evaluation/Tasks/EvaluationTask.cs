using Edge.Quantization.Metrics;
using Edge.Tensors;

namespace Edge.Evaluation.Tasks;

/// <summary>A figure that a task gives.</summary>
/// <param name="Name">As reports show it.</param>
/// <param name="Unit"><c>%</c> or empty, as of <see cref="IAccuracyMetric.Unit"/>.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
public sealed record Figure(string Name, string Unit, bool HigherIsBetter);

/// <summary>What a model's outputs are to be, and how far they are it. Immutable; scores are made for each pass.</summary>
public abstract class EvaluationTask
{
    /// <summary>In a word: <c>classification</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The most telling first.</summary>
    public abstract IReadOnlyList<Figure> Figures { get; }

    /// <summary>A score that has seen no sample.</summary>
    public abstract TaskScore Start();

    /// <summary>Each figure as a metric that can be promised.</summary>
    public IReadOnlyList<IAccuracyMetric> Metrics => [.. Figures.Select((f, i) => new FigureMetric(this, f, i))];

    private sealed class FigureMetric(EvaluationTask task, Figure figure, int index) : IAccuracyMetric
    {
        public string Name => figure.Name;

        public string Unit => figure.Unit;

        public bool HigherIsBetter => figure.HigherIsBetter;

        public IAccuracyScore Start() => new FigureScore(task.Start(), index);
    }

    private sealed class FigureScore(TaskScore score, int index) : IAccuracyScore
    {
        public double Value => score.Values[index];

        public void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs) => score.Add(sample, reference, outputs);
    }
}

/// <summary>The score of one model over samples. Not synchronized.</summary>
public abstract class TaskScore
{
    /// <inheritdoc cref="IAccuracyScore.Add"/>
    public abstract void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs);

    /// <summary>One for each of the task's figures; NaN where one is not defined for the samples so far.</summary>
    public abstract IReadOnlyList<double> Values { get; }
}
