using Edge.Kernels.Normalization;
using Edge.Kernels.Threading;
using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Normalization;

/// <summary>
/// com.microsoft EmbedLayerNormalization, the beginning of a BERT: the sum of a word's, its position's and its segment's
/// embedding, normalised. Output 1 counts the ones of each row of the mask, output 2 is the sum itself.
/// </summary>
internal sealed class EmbedLayerNormalizationOperator() : Operator("EmbedLayerNormalization", OperatorCatalog.Microsoft, 1)
{
    internal const int Ids = 0, Segments = 1, Words = 2, Positions = 3, SegmentTable = 4, Gamma = 5, Beta = 6, Mask = 7, PositionIds = 8;
    internal const int Counts = 1, Sum = 2;

    public override void Infer(InferContext c)
    {
        c.Attributes.Float("epsilon", 1e-12f);
        c.Attributes.Int("mask_index_type", 1);
        c.RequireRank(Ids, 2, 2);
        var ids = c.Shape(Ids);
        foreach (int i in (int[])[Ids, Segments, Mask, PositionIds])
        {
            if (i != Ids && !c.Has(i)) continue;
            c.RequireType(i, DataType.Int32);
            bool shared = i == PositionIds && c.Shape(i).Rank == 2 && c.Shape(i)[0] == 1 && c.Shape(i)[1] == ids[1];
            if (c.Shape(i) != ids && !shared) throw c.Error($"input {i} has shape {c.Shape(i)}; it must be {ids}");
        }

        if (c.Has(Segments) != c.Has(SegmentTable)) throw c.Error("segment ids and segment embeddings must be given together");
        foreach (int i in (int[])[Words, Positions, SegmentTable])
        {
            if (i == SegmentTable && !c.Has(i)) continue;
            c.RequireType(i, DataType.Float32);
            c.RequireRank(i, 2, 2);
            if (c.Shape(i)[1] != c.Shape(Words)[1]) throw c.Error($"input {i} has shape {c.Shape(i)}; its rows must have {c.Shape(Words)[1]} elements");
        }

        int hidden = c.Shape(Words)[1];
        for (int i = Gamma; i <= Beta; i++)
        {
            c.RequireType(i, DataType.Float32);
            if (c.Shape(i).Count != hidden) throw c.Error($"input {i} has shape {c.Shape(i)}; it must be [{hidden}]");
        }

        if (!c.Has(PositionIds) && c.Shape(Positions)[0] < ids[1]) throw c.Error($"{ids[1]} words are more than the {c.Shape(Positions)[0]} positions");
        c.Output(0, DataType.Float32, new Shape(ids[0], ids[1], hidden));
        c.Output(Counts, DataType.Int32, new Shape(ids[0]));
        c.Output(Sum, DataType.Float32, new Shape(ids[0], ids[1], hidden));
    }

    public override Executor Prepare(PrepareContext c) => new EmbedLayerNormalizationExecutor(c);
}

internal sealed unsafe class EmbedLayerNormalizationExecutor(PrepareContext c) : Executor
{
    private readonly string _path = c.Node.Path;
    private readonly RowNormalization _kernel = c.Kernels.Normalization.Rows;
    private readonly float _epsilon = c.Attributes.Float("epsilon", 1e-12f);
    private readonly int _batch = c.Shape(EmbedLayerNormalizationOperator.Ids)[0];
    private readonly int _length = c.Shape(EmbedLayerNormalizationOperator.Ids)[1];
    private readonly int _hidden = c.Shape(EmbedLayerNormalizationOperator.Words)[1];
    private readonly int _words = c.Shape(EmbedLayerNormalizationOperator.Words)[0];
    private readonly int _positions = c.Shape(EmbedLayerNormalizationOperator.Positions)[0];
    private readonly int _segments = c.Has(EmbedLayerNormalizationOperator.SegmentTable) ? c.Shape(EmbedLayerNormalizationOperator.SegmentTable)[0] : 0;
    private readonly int _positionRows = c.Has(EmbedLayerNormalizationOperator.PositionIds) ? c.Shape(EmbedLayerNormalizationOperator.PositionIds)[0] : 0;
    private readonly bool _hasMask = c.Has(EmbedLayerNormalizationOperator.Mask);
    private readonly bool _wantsCounts = c.Wants(EmbedLayerNormalizationOperator.Counts);
    private readonly bool _wantsSum = c.Wants(EmbedLayerNormalizationOperator.Sum);

    public override string Kernel => $"embed, {_kernel.Name}";

    public override void Execute(in StepContext c)
    {
        float* sum = _wantsSum ? c.Output<float>(EmbedLayerNormalizationOperator.Sum) : c.Output<float>(0);
        var job = new Rows(this, sum)
        {
            Ids = c.Input<int>(EmbedLayerNormalizationOperator.Ids),
            WordTable = c.Input<float>(EmbedLayerNormalizationOperator.Words),
            PositionTable = c.Input<float>(EmbedLayerNormalizationOperator.Positions),
        };
        if (_segments > 0)
        {
            job.Segments = c.Input<int>(EmbedLayerNormalizationOperator.Segments);
            job.SegmentTable = c.Input<float>(EmbedLayerNormalizationOperator.SegmentTable);
        }

        if (_positionRows > 0) job.Positions = c.Input<int>(EmbedLayerNormalizationOperator.PositionIds);
        c.Pool.Run(ref job, _batch);
        if (_wantsCounts) Count(_hasMask ? c.Input<int>(EmbedLayerNormalizationOperator.Mask) : null, c.Output<int>(EmbedLayerNormalizationOperator.Counts));
        var operands = new RowOperands { X = sum, Scale = c.Input<float>(EmbedLayerNormalizationOperator.Gamma), Bias = c.Input<float>(EmbedLayerNormalizationOperator.Beta), Y = c.Output<float>(0) };
        _kernel.Run(new RowLayout((nint)_batch * _length, _hidden, 1, 1), centre: true, _epsilon, operands, c.Pool);
    }

    private void Count(int* mask, int* counts)
    {
        for (int b = 0; b < _batch; b++)
            counts[b] = mask is null ? 0 : new ReadOnlySpan<int>(mask + (nint)b * _length, _length).Count(1);
    }

    private nint Checked(int index, int count, string what) => (uint)index < (uint)count ? index
        : throw new ModelException($"{_path}: {what} {index} is outside [0, {count})");

    /// <summary>One chunk is one sentence.</summary>
    private struct Rows(EmbedLayerNormalizationExecutor e, float* sum) : IParallelJob
    {
        public int* Ids;
        public int* Segments;
        public int* Positions;
        public float* WordTable;
        public float* SegmentTable;
        public float* PositionTable;

        public readonly void Execute(int chunk)
        {
            int n = e._hidden;
            for (int t = 0; t < e._length; t++)
            {
                nint at = (nint)chunk * e._length + t;
                int place = Positions is null ? t : Positions[e._positionRows == 1 ? t : at];
                float* word = WordTable + e.Checked(Ids[at], e._words, "word") * n;
                float* position = PositionTable + e.Checked(place, e._positions, "position") * n;
                float* segment = SegmentTable is null ? null : SegmentTable + e.Checked(Segments[at], e._segments, "segment") * n;
                float* to = sum + at * n;
                for (int i = 0; i < n; i++)
                {
                    float v = word[i] + position[i];
                    to[i] = segment is null ? v : v + segment[i];
                }
            }
        }
    }
}
