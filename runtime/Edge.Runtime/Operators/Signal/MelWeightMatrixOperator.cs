using Edge.Runtime.Operators.Constants;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Signal;

/// <summary>
/// MelWeightMatrix <c>[dft_length / 2 + 1, num_mel_bins]</c>: triangles over the bins of a spectrum, whose edges are equally
/// far apart on the mel scale. Computed in double.
/// </summary>
internal sealed class MelWeightMatrixOperator() : Operator("MelWeightMatrix", "", 17, OperatorCatalog.LatestOpset)
{
    private const int MaxElements = 1 << 25;

    private static readonly string[] s_names = ["num_mel_bins", "dft_length", "sample_rate", "lower_edge_hertz", "upper_edge_hertz"];

    public override void Infer(InferContext c)
    {
        bool known = true;
        for (int i = 0; i < s_names.Length; i++)
        {
            if (i < 3) c.RequireType(i, DataType.Int32, DataType.Int64);
            else c.RequireType(i, DataType.Float32, DataType.Float64, DataType.Float16);
            if (c.Shape(i).Count != 1) throw c.Error($"{s_names[i]} has shape {c.Shape(i)}; it must be one number");
            known &= c.Constant(i) is not null;
        }

        var type = OutputType.Read(c.Node);
        if (!known)
        {
            c.DataDependent(0, type);
            return;
        }

        long bins = c.ConstantInts(0)![0], length = c.ConstantInts(1)![0];
        FourierLength.Require(c.Node, "dft_length", length);
        if (bins < 1 || bins > MaxElements / (length / 2 + 1)) throw c.Error($"num_mel_bins {bins} is not supported; supported: 1 and more, and {MaxElements} weights in all");
        Edges(c.Node);
        c.Output(0, type, new Shape((int)length / 2 + 1, (int)bins));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var y = c.OutputShape();
        int[] edges = Edges(c.Node);
        double[] matrix = new double[y.Count];
        for (int m = 0; m < y[1]; m++)
        {
            int left = edges[m], centre = edges[m + 1], right = edges[m + 2];
            // A triangle without width to the left is a peak.
            for (int i = left; i <= centre; i++) matrix[i * y[1] + m] = left == centre ? 1 : (double)(i - left) / (centre - left);
            for (int i = centre; i < right; i++) matrix[i * y[1] + m] = (double)(right - i) / (right - centre);
        }

        return new KnownExecutor("mel_weight_matrix", OutputType.Convert(Tensor.Create<double>(y, matrix), c.OutputType()));
    }

    /// <summary>The bins of the spectrum in which the triangles begin, peak and end: triangle m has edges m, m + 1 and m + 2.</summary>
    private static int[] Edges(Graph.Node node)
    {
        double[] given = [.. Enumerable.Range(0, s_names.Length).Select(i => Number(node.Constant(i)!))];
        var (bins, length, rate, low, high) = ((int)given[0], given[1], given[2], Mel(given[3]), Mel(given[4]));
        if (!(rate > 0) || !(low <= high)) throw node.Error($"sample_rate {rate}, lower_edge_hertz {given[3]} and upper_edge_hertz {given[4]} do not fit together");
        var edges = new int[bins + 2];
        for (int i = 0; i < edges.Length; i++)
        {
            double hertz = 700 * (Math.Pow(10, (low + i * (high - low) / edges.Length) / 2595) - 1);
            double bin = Math.Floor((length + 1) * hertz / rate);
            if (!(bin >= 0 && bin <= Math.Floor(length / 2))) throw node.Error($"{hertz} Hz lies outside a spectrum of {length} points at {rate} Hz");
            edges[i] = (int)bin;
        }

        return edges;
    }

    private static double Mel(double hertz) => 2595 * Math.Log10(1 + hertz / 700);

    private static double Number(Tensor t) => t.Type switch
    {
        DataType.Int32 => t.AsSpan<int>()[0],
        DataType.Int64 => t.AsSpan<long>()[0],
        DataType.Float32 => t.AsSpan<float>()[0],
        DataType.Float16 => (double)t.AsSpan<Half>()[0],
        _ => t.AsSpan<double>()[0],
    };
}
