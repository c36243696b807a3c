using Edge.Evaluation.Tasks;
using Edge.Runtime;
using Edge.SharedModels.Samples;

namespace Edge.AccuracyTable;

/// <summary>Samples to calibrate on and others to judge by.</summary>
/// <param name="Calibration">Inputs that ranges are observed on.</param>
/// <param name="Evaluation">Inputs that the model is judged on.</param>
/// <param name="Task">What is judged, for the float model; knows samples by their position in <paramref name="Evaluation"/>.</param>
/// <param name="Split">How the two are kept apart, or why they are not.</param>
internal sealed record DataSet(ISamples Calibration, ISamples Evaluation, Func<IInferenceSession, EvaluationTask> Task, string Split)
{
    /// <summary>What is told besides; null for nothing.</summary>
    public Func<IInferenceSession, EvaluationTask>? Beside { get; init; }
}

/// <summary>Some samples of a set.</summary>
internal sealed class Part(ISamples all, IReadOnlyList<int> indices) : ISamples
{
    public int Count => indices.Count;

    public Tensors.Tensor Input(int index) => all.Input(indices[index]);

    public IReadOnlyList<Tensors.Tensor> Inputs(int index) => all.Inputs(indices[index]);

    public int Label(int index) => all.Label(indices[index]);

    /// <summary>The position in the whole set.</summary>
    public int IndexOf(int index) => indices[index];

    /// <summary>At most so many, spread evenly.</summary>
    public static Part Spread(ISamples all, int most)
    {
        int count = Math.Min(most, all.Count);
        return new Part(all, [.. Enumerable.Range(0, count).Select(i => (int)((long)i * all.Count / count))]);
    }

    /// <summary>Every <paramref name="n"/>th sample, and all others.</summary>
    public static (Part Every, Part Others) EveryNth(ISamples all, int n)
    {
        int[] indices = [.. Enumerable.Range(0, all.Count)];
        return (new Part(all, [.. indices.Where(i => i % n == n / 2)]), new Part(all, [.. indices.Where(i => i % n != n / 2)]));
    }
}

/// <summary>The samples without their other inputs, for a model that was made for one value of these.</summary>
internal sealed class FirstInputs(ISamples all) : ISamples
{
    public int Count => all.Count;

    public Tensors.Tensor Input(int index) => all.Input(index);

    public int Label(int index) => all.Label(index);
}
