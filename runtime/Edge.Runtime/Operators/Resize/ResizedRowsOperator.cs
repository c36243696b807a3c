using Edge.Kernels.Layout;
using Edge.Kernels.Quantize;
using Edge.Kernels.Reduction;
using Edge.Kernels.Threading;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Runtime.Operators.Quantization;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Resize;

/// <summary>
/// A linear or cubic Resize of float32 whose rows are quantized, or searched for the greatest channel, or both, while they are in the
/// cache: what ends a segmentation. Input 0 is that of the Resize; scale and zero point of the QuantizeLinear follow. Made by passes.
/// </summary>
internal sealed class ResizedRowsOperator() : Operator(Name, OperatorCatalog.Internal)
{
    public const string Name = "ResizedRows";

    /// <param name="graph">Where the node will be.</param>
    /// <param name="stages">Resize, QuantizeLinear with one scale, ArgMax or ArgMin along the last axis; one of the latter two may be missing.</param>
    public static Node Make(ModelGraph graph, IReadOnlyList<Node> stages)
    {
        Value?[] inputs = stages[1].OpType == "QuantizeLinear" ? [stages[0].Inputs[0], stages[1].Inputs[1], stages[1].Input(2)] : [stages[0].Inputs[0]];
        return graph.Make(OperatorCatalog.Internal, Name, stages[^1].Name, inputs, [stages[^1].Outputs[0]], ("stages", stages.ToArray()));
    }

    public override void Infer(InferContext c)
    {
        Value y = c.Attributes.Nodes("stages")[^1].Outputs[0]!;
        c.Output(0, y.Type, y.Shape!.Value);
    }

    public override Executor Prepare(PrepareContext c)
    {
        Node[] stages = c.Attributes.Nodes("stages");
        Node resize = stages[0], last = stages[^1];
        var filter = (FilterExecutor<float>)OperatorCatalog.Find(resize.Domain, resize.OpType)!.Prepare(new PrepareContext(resize, c.Kernels, c.Threads, c.Packed));
        DataType bytes = stages[1].OpType == "QuantizeLinear" ? stages[1].Outputs[0]!.Type : DataType.Undefined;
        ArgStage? arg = last.OpType is "ArgMax" or "ArgMin"
            ? new ArgStage(last.Inputs[0]!.Shape!.Value[^1], last.OpType == "ArgMax", last.Attributes.Int("select_last_index", 0) != 0) : null;
        return new ResizedRowsExecutor(filter, resize.Outputs[0]!.Shape!.Value.Count, c.Kernels.Quantize, bytes, arg, c.Threads);
    }

    /// <summary>How the extreme is looked for.</summary>
    /// <param name="Length">Channels.</param>
    /// <param name="Greatest">The greatest, else the least.</param>
    /// <param name="Last">The last of several, else the first.</param>
    internal sealed record ArgStage(int Length, bool Greatest, bool Last);
}

/// <summary>Rows of the last pass, some at a time, through all stages.</summary>
internal sealed unsafe class ResizedRowsExecutor : Executor
{
    /// <summary>Numbers that are taken through all stages together, unless a row has more.</summary>
    private const int BlockLength = 8 * 1024;

    private readonly FilterExecutor<float> _resize;
    private readonly QuantizeKernels _quantize;
    private readonly DataType _bytes;
    private readonly ResizedRowsOperator.ArgStage? _arg;
    private readonly int _threads;
    private readonly int _rows;
    private readonly int _rowLength;
    private readonly int _blockRows;
    private readonly nint _blockBytes;

    /// <param name="resize">Of float32.</param>
    /// <param name="count">Elements of its result.</param>
    /// <param name="quantize">The kernels.</param>
    /// <param name="bytes">uint8 or int8, if it is quantized; undefined if not.</param>
    /// <param name="arg">The search, if there is one.</param>
    /// <param name="threads">Threads that a run may use; with a larger pool it uses one.</param>
    public ResizedRowsExecutor(FilterExecutor<float> resize, int count, QuantizeKernels quantize, DataType bytes, ResizedRowsOperator.ArgStage? arg, int threads)
    {
        (_resize, _quantize, _bytes, _arg, _threads) = (resize, quantize, bytes, arg, threads);
        // Where nothing changes size, the input is one row, which is cut where sets end.
        _rowLength = resize.LastPass?.RowLength ?? arg?.Length ?? 1;
        _rows = count / _rowLength;
        _blockRows = Math.Max(1, BlockLength / _rowLength);
        _blockBytes = Scratch.Align((nint)_blockRows * _rowLength * (sizeof(float) + sizeof(byte)));
    }

    public override string Kernel => $"{_resize.Kernel}{(_bytes != DataType.Undefined ? " → quantize" : "")}{(_arg is null ? "" : _arg.Greatest ? " → argmax" : " → argmin")}";

    public override nint ScratchBytes => Scratch.Align(_resize.ScratchBytes) + _threads * _blockBytes;

    public override void Execute(in StepContext c)
    {
        WorkerPool pool = c.Pool.Threads > _threads ? WorkerPool.Inline : c.Pool;
        float* x = _resize.RunAllButLast(c.Input<float>(0), c.Scratch, pool);
        int blocks = (_rows + _blockRows - 1) / _blockRows, chunks = Grain.Chunks((nint)_rows * _rowLength * sizeof(float), blocks, pool.Threads);
        var job = new Job(this, x, c.Scratch + Scratch.Align(_resize.ScratchBytes), c.Output<byte>(0), chunks, blocks);
        if (_bytes != DataType.Undefined) (job.Scale, job.ZeroPoint) = (*c.Input<float>(1), Integers.At(_bytes, c.Input<byte>(2), 0));
        pool.RunSeated(ref job, chunks);
    }

    private void Block(float* x, byte* scratch, byte* y, int first, int end, float scale, float zeroPoint)
    {
        int count = (end - first) * _rowLength;
        nint at = (nint)first * _rowLength;
        float* numbers = (float*)scratch;
        if (_resize.LastPass is { } pass) pass.RunRows(x, numbers, first, end, _resize.Extrapolation);
        else numbers = x + at;
        byte* bytes = _arg is null ? y + at : scratch + (nint)_blockRows * _rowLength * sizeof(float);
        if (_bytes != DataType.Undefined) _quantize.Quantize(numbers, bytes, _bytes, ChannelLayout.PerTensor(count), &scale, &zeroPoint, WorkerPool.Inline);
        if (_arg is not { } arg) return;
        int sets = count / arg.Length;
        long* places = (long*)y + at / arg.Length;
        if (_bytes == DataType.UInt8) ArgExtremes.Run(bytes, places, 0, sets, arg.Length, 1, arg.Greatest, arg.Last);
        else if (_bytes == DataType.Int8) ArgExtremes.Run((sbyte*)bytes, places, 0, sets, arg.Length, 1, arg.Greatest, arg.Last);
        else ArgExtremes.Run(numbers, places, 0, sets, arg.Length, 1, arg.Greatest, arg.Last);
    }

    private struct Job(ResizedRowsExecutor rows, float* x, byte* scratch, byte* y, int chunks, int blocks) : ISeatedJob
    {
        public float Scale;
        public float ZeroPoint;

        public readonly void Execute(int chunk, int seat)
        {
            int end = Math.Min(Grain.Start(blocks, chunk + 1, chunks) * rows._blockRows, rows._rows);
            for (int first = Grain.Start(blocks, chunk, chunks) * rows._blockRows; first < end; first += rows._blockRows)
                rows.Block(x, scratch + seat * rows._blockBytes, y, first, Math.Min(first + rows._blockRows, end), Scale, ZeroPoint);
        }
    }
}
