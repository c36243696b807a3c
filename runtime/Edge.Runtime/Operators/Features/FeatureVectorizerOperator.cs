using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Cast;
using Edge.Runtime.Operators.Scores;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Features;

/// <summary>
/// FeatureVectorizer: the columns of all inputs side by side, as float32. <c>inputdimensions</c> says how many each input
/// gives: columns beyond that are left out, missing ones are 0. A vector is one row.
/// </summary>
internal sealed class FeatureVectorizerOperator() : Operator("FeatureVectorizer", OperatorCatalog.MachineLearning, 1, OperatorCatalog.LatestMachineLearning)
{
    public override void Infer(InferContext c)
    {
        if (c.InputCount == 0) throw c.Error("at least one input is needed");
        int rows = Rows(c.Shape(0));
        for (int i = 0; i < c.InputCount; i++)
        {
            c.RequireType(i, FeatureRows.Types);
            c.RequireRank(i, 1, 2);
            if (Rows(c.Shape(i)) != rows) throw c.Error($"input {i}, {c.Shape(i)}, has not the {rows} rows of input 0");
        }

        long[] widths = Widths(c.Node);
        if (widths.Length != c.InputCount || widths.Any(w => w < 0) || widths.Sum() > int.MaxValue)
            throw c.Error($"inputdimensions [{string.Join(',', widths)}] do not fit {c.InputCount} inputs");
        c.Output(0, DataType.Float32, new Shape(rows, (int)widths.Sum()));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var inputs = c.Node.Inputs.Select((v, i) => new FeatureColumns(v!.Type, v.Shape!.Value[^1], (int)Widths(c.Node)[i]));
        return new FeatureVectorizerExecutor([.. inputs], Rows(c.Shape(0)));
    }

    private static int Rows(Shape x) => x.Rank == 1 ? 1 : x[0];

    /// <summary>As the attribute has them; without it, all columns of each input.</summary>
    private static long[] Widths(Node node) => node.Attributes.Ints("inputdimensions") ?? [.. node.Inputs.Select(v => (long)v!.Shape!.Value[^1])];
}

/// <summary>What one input has, and what it gives.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Columns">Columns that it has.</param>
/// <param name="Width">Columns of the output that are its own.</param>
internal readonly record struct FeatureColumns(DataType Type, int Columns, int Width);

internal sealed unsafe class FeatureVectorizerExecutor(FeatureColumns[] inputs, int rows) : Executor
{
    public override string Kernel => "feature_vectorizer";

    public override void Execute(in StepContext c)
    {
        float* y = c.Output<float>(0);
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                var (type, columns, width) = inputs[i];
                int taken = Math.Min(columns, width);
                byte* x = c.Input<byte>(i) + (nint)row * columns * type.Size();
                if (type == DataType.Float32) new ReadOnlySpan<float>(x, taken).CopyTo(new Span<float>(y, taken));
                else ElementCast.Find(type, DataType.Float32)(x, y, taken);
                new Span<float>(y + taken, width - taken).Clear();
                y += width;
            }
        }
    }
}
