using Edge.Quantization.Metrics;
using Edge.Tensors;

namespace Edge.Evaluation.Tasks;

/// <summary>A figure that a task gives.</summary>
/// <param name="Name">As reports show it.</param>
/// <param name="Unit"><c>%</c> or empty, as of <see cref="IAccuracyMetric.Unit"/>.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
/// <param name="CountsAnswers">As of <see cref="IAccuracyMetric.CountsAnswers"/>.</param>
public sealed record Figure(string Name, string Unit, bool HigherIsBetter, bool CountsAnswers = false);

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

        public bool CountsAnswers => figure.CountsAnswers;

        public IAccuracyScore Start() => new FigureScore(task.Start(), index);
    }

    private sealed class FigureScore(TaskScore score, int index) : IAccuracyScore
    {
        private readonly TaskScore _score = score;

        public double Value => _score.Values[index];

        public void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs) => _score.Add(sample, reference, outputs);

        public void Add(IAccuracyScore other) => _score.Add(((FigureScore)other)._score);
    }
}

/// <summary>The score of one model over samples. Not synchronized.</summary>
public abstract class TaskScore
{
    /// <inheritdoc cref="IAccuracyScore.Add(int, IReadOnlyList{Tensor}, IReadOnlyList{Tensor})"/>
    public abstract void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs);

    /// <summary>Takes what another score of the same task has seen; that one stays as it is.</summary>
    public abstract void Add(TaskScore other);

    /// <summary>One for each of the task's figures; NaN where one is not defined for the samples so far.</summary>
    public abstract IReadOnlyList<double> Values { get; }
}
