using Edge.Tensors;

namespace Edge.Runtime.Operators.Text;

/// <summary>
/// TfIdfVectorizer: how often each n-gram of a pool occurs in <c>[C]</c> or in each row of <c>[B, C]</c>, with up to
/// <c>max_skip_count</c> items left out between two of its items, all gaps of an occurrence being equal. Counted, or taken
/// once (IDF), and weighted by n-gram.
/// </summary>
internal sealed class TfIdfVectorizerOperator() : Operator("TfIdfVectorizer", "", 9, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.String, DataType.Int32, DataType.Int64);
        c.RequireRank(0, 0, 2);
        var x = c.Shape(0);
        int columns = NgramPool.Read(c.Node, c.Type(0)).Columns;
        c.Output(0, DataType.Float32, x.Rank == 2 ? new Shape(x[0], columns) : new Shape(columns));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        int rows = x.Rank == 2 ? x[0] : 1;
        int items = x.Rank == 0 ? 1 : x[^1];
        return new TfIdfVectorizerExecutor(NgramPool.Read(c.Node, c.Type(0)), rows, items, c.Type(0).Size() == sizeof(long));
    }
}

internal sealed unsafe class TfIdfVectorizerExecutor(NgramPool pool, int rows, int items, bool wide) : Executor
{
    public override string Kernel => "tfidf";

    public override void Execute(in StepContext c)
    {
        void* x = c.Input<byte>(0);
        for (int row = 0; row < rows; row++)
        {
            var y = new Span<float>(c.Output<float>(0) + (nint)row * pool.Columns, pool.Columns);
            y.Clear();
            Count(x, (nint)row * items, y);
        }
    }

    private void Count(void* x, nint start, Span<float> y)
    {
        // A 1-gram has no gaps, so it counts once and not for every gap.
        if (pool.Shortest == 1)
        {
            for (int i = 0; i < items; i++) Hit(pool.Child(0, Axes.IndexAt(x, wide, start + i)), y);
        }

        int shortest = Math.Max(2, pool.Shortest);
        if (shortest > pool.Longest) return;
        for (long step = 1; step <= pool.Skips + 1L && step * (shortest - 1) < items; step++)
        {
            for (int i = 0; i + step * (shortest - 1) < items; i++)
            {
                int node = 0;
                int n = 1;
                for (long at = i; n <= pool.Longest && at < items; n++, at += step)
                {
                    node = pool.Child(node, Axes.IndexAt(x, wide, start + (nint)at));
                    if (node < 0) break;
                    if (n >= shortest) Hit(node, y);
                }
            }
        }
    }

    private void Hit(int node, Span<float> y)
    {
        if (node < 0) return;
        var (column, weight) = pool.End(node);
        if (column < 0) return;
        y[column] = pool.Mode == "IDF" ? weight : y[column] + weight;
    }
}
