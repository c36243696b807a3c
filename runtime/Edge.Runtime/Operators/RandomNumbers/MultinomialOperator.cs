using Edge.Tensors;

namespace Edge.Runtime.Operators.RandomNumbers;

/// <summary>
/// Multinomial: draws <c>sample_size</c> classes for each row of logarithms of probabilities <c>[N, classes]</c>, which need
/// not add up to 1. Every run draws the same numbers: <see cref="RandomStream"/>.
/// </summary>
internal sealed class MultinomialOperator() : Operator("Multinomial", "", 7, OperatorCatalog.LatestOpset)
{
    public override DataType ResultType(Graph.Node node, int output) => DataType.Int32;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32);
        c.RequireRank(0, 2, 2);
        RandomStream.Of(c.Node);
        long samples = c.Attributes.Int("sample_size", 1), type = c.Attributes.Int("dtype", (long)DataType.Int32);
        if (samples is < 1 or > int.MaxValue) throw c.Error($"sample_size {samples} is not supported; supported: 1 and more");
        if ((DataType)type is not (DataType.Int32 or DataType.Int64)) throw c.Error($"dtype {type} is not supported; supported: int32, int64");
        if (c.Shape(0)[1] == 0) throw c.Error($"input {c.Shape(0)} has no classes");
        c.Output(0, (DataType)type, new Shape(c.Shape(0)[0], (int)samples));
    }

    public override Executor Prepare(PrepareContext c) => new MultinomialExecutor(RandomStream.Of(c.Node), c.Shape(0), c.OutputShape()[1], c.OutputType() == DataType.Int64);
}

/// <summary>Running sums of the probabilities, relative to the greatest, in which each number is looked up.</summary>
internal sealed unsafe class MultinomialExecutor(RandomStream random, Shape x, int samples, bool wide) : Executor
{
    public override string Kernel => "random_multinomial";

    public override nint ScratchBytes => (nint)x[1] * sizeof(double);

    public override void Execute(in StepContext c)
    {
        int classes = x[1];
        var sums = new Span<double>(c.Scratch, classes);
        for (int n = 0; n < x[0]; n++)
        {
            var row = new ReadOnlySpan<float>(c.Input<float>(0) + (nint)n * classes, classes);
            float max = float.NegativeInfinity;
            foreach (float v in row) max = Math.Max(max, v);
            double sum = 0;
            for (int k = 0; k < classes; k++) sums[k] = sum += Math.Exp(row[k] - max);
            for (int s = 0; s < samples; s++)
            {
                long i = (long)n * samples + s;
                int k = FirstAbove(sums, random.Uniform(i) * sum);
                if (wide) c.Output<long>(0)[i] = k;
                else c.Output<int>(0)[i] = k;
            }
        }
    }

    private static int FirstAbove(ReadOnlySpan<double> sums, double value)
    {
        int low = 0, high = sums.Length - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (sums[middle] > value) high = middle;
            else low = middle + 1;
        }

        return low;
    }
}
