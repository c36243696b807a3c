using Edge.Quantization.Report;
using Edge.Tensors;

namespace Edge.Quantization.Search;

/// <summary>
/// How far a model's outputs are from those of the float model: for each float32 output the power of the difference over the
/// power of the output, at most 1, and of these the mean. Outputs of other types, whose shapes differ, or that are zero
/// are left out. Not synchronized.
/// </summary>
internal sealed class OutputError
{
    private SignalToNoise[]? _outputs;

    public int Samples { get; private set; }

    /// <summary>0 where nothing differs, up to 1.</summary>
    public double Relative => _outputs is null ? 0 : Mean(_outputs.Where(o => o.Count > 0).Select(o => Math.Min(1, o.Relative)));

    /// <summary>In decibels.</summary>
    public double SqnrDb => SignalToNoise.Db(1, Relative);

    /// <summary>Takes one sample and returns its own relative error.</summary>
    public double Add(IReadOnlyList<Tensor> expected, IReadOnlyList<Tensor> actual)
    {
        _outputs ??= [.. expected.Select(_ => new SignalToNoise())];
        Samples++;
        double sum = 0;
        int counted = 0;
        for (int i = 0; i < expected.Count; i++)
        {
            if (expected[i].Type != DataType.Float32 || actual[i].Type != DataType.Float32 || expected[i].Shape != actual[i].Shape) continue;
            var own = new SignalToNoise();
            own.Add(expected[i].AsSpan<float>(), actual[i].AsSpan<float>());
            _outputs[i].Add(own);
            sum += Math.Min(1, own.Relative);
            counted++;
        }
        return counted == 0 ? 0 : sum / counted;
    }

    private static double Mean(IEnumerable<double> values)
    {
        double[] all = [.. values.Where(double.IsFinite)];
        return all.Length == 0 ? 0 : all.Average();
    }
}
