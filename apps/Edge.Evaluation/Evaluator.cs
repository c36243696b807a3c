using System.Diagnostics;
using Edge.Evaluation.Tasks;
using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Evaluation;

/// <summary>The score of the samples that have one value of a property.</summary>
/// <param name="Value">The value.</param>
/// <param name="Samples">How many have it.</param>
/// <param name="Score">Of them.</param>
public sealed record SliceScore(string Value, int Samples, TaskScore Score);

/// <summary>How a model did on data.</summary>
/// <param name="Score">Of all samples.</param>
/// <param name="Samples">How many there were.</param>
/// <param name="MedianMs">Time of the model alone, a sample.</param>
/// <param name="Slices">By property, then by value in ordinal order.</param>
public sealed record EvaluationResult(TaskScore Score, int Samples, double MedianMs, IReadOnlyList<(string Property, IReadOnlyList<SliceScore> Values)> Slices);

/// <summary>Runs models over data and scores them.</summary>
public static class Evaluator
{
    /// <summary>Goes through all samples once.</summary>
    /// <param name="session">The model.</param>
    /// <param name="reference">The float model where its outputs are to be met; null where the data is labelled.</param>
    /// <param name="data">What it is judged on.</param>
    /// <param name="slices">Properties whose values are judged apart, too.</param>
    /// <param name="progress">Told how many samples are done.</param>
    /// <param name="cancellation">Looked at before each sample.</param>
    /// <exception cref="DataException">There is no such property, or a sample cannot be read.</exception>
    /// <exception cref="ModelException">The model cannot run on a sample.</exception>
    public static EvaluationResult Run(
        IInferenceSession session, IInferenceSession? reference, LabelledData data, IReadOnlyList<string> slices, Action<int> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(data);
        if (!data.IsLabelled && reference is null) throw new ArgumentException("data without labels needs a model to agree with", nameof(reference));
        SliceColumn[] columns = [.. slices.Select(s => Find(data, s))];
        var parts = columns.Select(_ => new SortedDictionary<string, (TaskScore Score, int Samples)>(StringComparer.Ordinal)).ToArray();
        TaskScore all = data.Task.Start();
        var times = new List<double>(data.Count);
        int sample = 0;
        foreach (IReadOnlyList<Tensor> input in data.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            Tensor[] inputs = [.. input];
            long start = Stopwatch.GetTimestamp();
            IReadOnlyList<Tensor> outputs = session.Run(inputs);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            IReadOnlyList<Tensor> expected = reference?.Run(inputs) ?? outputs;
            all.Add(sample, expected, outputs);
            for (int c = 0; c < columns.Length; c++)
            {
                string value = columns[c].Values[sample];
                (TaskScore Score, int Samples) part = parts[c].TryGetValue(value, out var known) ? known : (data.Task.Start(), 0);
                part.Score.Add(sample, expected, outputs);
                parts[c][value] = (part.Score, part.Samples + 1);
            }
            progress(++sample);
        }
        times.Sort();
        return new EvaluationResult(all, sample, times[times.Count / 2],
            [.. columns.Select((c, i) => (c.Name, (IReadOnlyList<SliceScore>)[.. parts[i].Select(p => new SliceScore(p.Key, p.Value.Samples, p.Value.Score))]))]);
    }

    private static SliceColumn Find(LabelledData data, string name) => data.Slices.FirstOrDefault(s => s.Name == name)
        ?? throw new DataException(data.Slices.Count == 0
            ? $"{data.Description}: nothing divides the samples, so that there is no slice '{name}'; pictures in folders within folders, or columns of a table, do"
            : $"{data.Description}: there is no slice '{name}'; there are {string.Join(", ", data.Slices.Select(s => s.Name))}");
}
