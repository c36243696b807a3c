using System.Diagnostics.CodeAnalysis;
using Edge.Kernels.Threading;
using Edge.Onnx;
using Edge.Runtime.Operators.Conv;

namespace Edge.Runtime.Operators.Recurrent;

/// <summary>
/// Runs sequences through a cell. The inputs of all steps are multiplied with W at once; then lanes — some sequences in one
/// direction — go from step to step, independently of each other and on several threads if there is enough to do. A sequence
/// that is over still costs its row of the product with R.
/// </summary>
internal sealed unsafe class RecurrentExecutor : Executor
{
    /// <summary>Sequences of a lane: rows of the largest tile, so that each loads R once a step. It must not depend on the threads, lest results do.</summary>
    private const int MaxLaneRows = 12;

    /// <summary>Multiply-accumulates of a run from which lanes are handed to threads.</summary>
    private const long MinSharedMacs = 512 * 1024;

    private readonly RecurrentShape _s;
    private readonly bool _reverse;
    private readonly RecurrentCell _cell;
    private readonly WeightProducts _w;
    private readonly string _path;
    private readonly bool[] _has;
    private readonly bool[] _wants;
    private readonly int _laneRows;
    private readonly int _lanesPerDirection;
    private readonly nint _sumBytes;
    private readonly nint _tableBytes;
    private readonly nint _stateBytes;
    private readonly nint _laneBytes;

    /// <param name="c">The node.</param>
    /// <param name="node">The node as read.</param>
    /// <param name="w">W, all directions as one block; owned.</param>
    /// <param name="cell">Owned.</param>
    /// <param name="together">All sequences of a direction must be in one lane, because they share something.</param>
    public RecurrentExecutor(PrepareContext c, in RecurrentNode node, WeightProducts w, RecurrentCell cell, bool together = false)
    {
        _s = node.Shape;
        _reverse = node.Reverse;
        _cell = cell;
        _w = w;
        _path = c.Node.Path;
        _has = [.. Enumerable.Range(0, RecurrentNode.Peepholes + 1).Select(c.Has)];
        _wants = [c.Wants(0), c.Wants(1), c.Wants(2)];
        _lanesPerDirection = together ? 1 : Math.Max(1, (_s.Batch + MaxLaneRows - 1) / MaxLaneRows);
        _laneRows = (_s.Batch + _lanesPerDirection - 1) / _lanesPerDirection;
        _sumBytes = Scratch.Align((nint)_s.Steps * _s.Batch * Columns * sizeof(float));
        _tableBytes = Scratch.Align(_laneRows * sizeof(float*));
        _stateBytes = Scratch.Align((nint)_laneRows * _s.Hidden * sizeof(float));
        _laneBytes = _tableBytes + 2 * _stateBytes + Scratch.Align(cell.ScratchBytes(_laneRows));
    }

    public override string Kernel => _cell.Name;

    public override nint ScratchBytes => _w.RunBytes + _cell.Products.RunBytes + _sumBytes + Math.Max(_w.ScratchBytes(_s.Steps * _s.Batch), Lanes * _laneBytes);

    public override nint PackedBytes => _w.PackedBytes + _cell.Products.PackedBytes;

    public override long Macs => (long)_s.Steps * _s.Batch * Columns * (_s.Input + _s.Hidden);

    /// <summary>Gates of all directions.</summary>
    private int Columns => _s.Directions * _cell.Gates * _s.Hidden;

    private int Lanes => _s.Directions * _lanesPerDirection;

    public override void Execute(in StepContext c)
    {
        int* lengths = Input<int>(c, RecurrentNode.SequenceLens);
        int steps = lengths is null ? _s.Steps : 0;
        for (int i = 0; lengths is not null && i < _s.Batch; i++)
        {
            if (lengths[i] < 0 || lengths[i] > _s.Steps) ThrowLength(lengths[i]);
            steps = Math.Max(steps, lengths[i]);
        }

        // Steps that no sequence reaches lie together at the end, if the batch does not come first.
        if (_s.BatchFirst) steps = _s.Steps;

        byte* memory = c.Scratch;
        byte* w = _w.Begin(c, memory);
        memory += _w.RunBytes;
        byte* r = _cell.Products.Begin(c, memory);
        memory += _cell.Products.RunBytes;
        var sums = (float*)memory;
        memory += _sumBytes;
        _w.Multiply(w, 0, steps * _s.Batch, c.Input<float>(RecurrentNode.X), sums, memory, c.Pool);

        var job = new Job(this, c, sums, r, memory);
        bool shared = Lanes > 1 && c.Pool.Threads > 1 && (long)_s.Steps * _s.Batch * Columns * _s.Hidden >= MinSharedMacs;
        if (shared) c.Pool.Run(ref job, Lanes);
        else
            for (int lane = 0; lane < Lanes; lane++) job.Run(lane, c.Pool);
    }

    public override void Dispose()
    {
        _w.Dispose();
        _cell.Dispose();
        base.Dispose();
    }

    private T* Input<T>(in StepContext c, int input) where T : unmanaged => _has[input] ? c.Input<T>(input) : null;

    private float* Output(in StepContext c, int output) => _wants[output] ? c.Output<float>(output) : null;

    [DoesNotReturn]
    private void ThrowLength(int length) => throw new ModelException($"{_path}: sequence_lens has {length}, which is outside [0, {_s.Steps}]");

    /// <summary>One chunk is one lane.</summary>
    private readonly struct Job(RecurrentExecutor e, in StepContext c, float* sums, byte* weights, byte* scratch) : IParallelJob
    {
        private readonly RecurrentExecutor _e = e;
        private readonly int* _lengths = e.Input<int>(c, RecurrentNode.SequenceLens);
        private readonly float* _bias = e.Input<float>(c, RecurrentNode.B);
        private readonly float* _initialH = e.Input<float>(c, RecurrentNode.InitialH);
        private readonly float* _initialC = e.Input<float>(c, RecurrentNode.InitialC);
        private readonly float* _peepholes = e.Input<float>(c, RecurrentNode.Peepholes);
        private readonly float* _y = e.Output(c, 0);
        private readonly float* _finalH = e.Output(c, 1);
        private readonly float* _finalC = e.Output(c, 2);

        public void Execute(int chunk) => Run(chunk, WorkerPool.Inline);

        public void Run(int chunk, WorkerPool pool)
        {
            var s = _e._s;
            var (direction, part) = Math.DivRem(chunk, _e._lanesPerDirection);
            int first = part * _e._laneRows;
            byte* memory = scratch + chunk * _e._laneBytes;
            var lane = new RecurrentLane
            {
                Direction = direction,
                Rows = Math.Clamp(s.Batch - first, 0, _e._laneRows),
                X = (float**)memory,
                H = (float*)(memory + _e._tableBytes),
                C = (float*)(memory + _e._tableBytes + _e._stateBytes),
                Bias = _bias is null ? null : _bias + (nint)direction * 2 * _e._cell.Gates * s.Hidden,
                Peephole = _peepholes is null ? null : _peepholes + (nint)direction * 3 * s.Hidden,
                Weights = weights,
                Scratch = memory + _e._tableBytes + 2 * _e._stateBytes,
                Pool = pool,
            };
            for (int i = 0; i < lane.Rows; i++)
            {
                Load(_initialH, direction, first + i, lane.H + (nint)i * s.Hidden);
                Load(_initialC, direction, first + i, lane.C + (nint)i * s.Hidden);
                if (Length(first + i) == 0) End(lane, i, first + i);
            }

            if (lane.Rows > 0) Steps(lane, first);
        }

        private void Steps(in RecurrentLane lane, int first)
        {
            var s = _e._s;
            bool reverse = _e._reverse || lane.Direction == 1;
            int last = 0;
            for (int i = 0; i < lane.Rows; i++) last = Math.Max(last, Length(first + i));
            for (int step = 0; step < last; step++)
            {
                for (int i = 0; i < lane.Rows; i++)
                {
                    int length = Length(first + i);
                    nint row = s.InputRow(reverse ? length - 1 - step : step, first + i);
                    lane.X[i] = step < length ? sums + row * _e.Columns + (nint)lane.Direction * _e._cell.Gates * s.Hidden : null;
                }

                _e._cell.Step(lane);
                for (int i = 0; i < lane.Rows; i++)
                {
                    int length = Length(first + i);
                    if (step < length) Store(lane.H + (nint)i * s.Hidden, _y, s.OutputRow(reverse ? length - 1 - step : step, lane.Direction, first + i));
                    if (step == length - 1) End(lane, i, first + i);
                }
            }

            for (int i = 0; i < lane.Rows && _y is not null; i++)
                for (int step = Length(first + i); step < s.Steps; step++)
                    new Span<float>(_y + s.OutputRow(step, lane.Direction, first + i) * s.Hidden, s.Hidden).Clear();
        }

        /// <summary>Hands out the states of a sequence that is over, and clears the hidden one: it must not widen the range in which others are quantized.</summary>
        private void End(in RecurrentLane lane, int row, int sequence)
        {
            nint at = (nint)row * _e._s.Hidden, state = _e._s.StateRow(lane.Direction, sequence);
            Store(lane.H + at, _finalH, state);
            Store(lane.C + at, _finalC, state);
            new Span<float>(lane.H + at, _e._s.Hidden).Clear();
        }

        private int Length(int sequence) => _lengths is null ? _e._s.Steps : _lengths[sequence];

        private void Load(float* states, int direction, int sequence, float* to)
        {
            int n = _e._s.Hidden;
            if (states is null) new Span<float>(to, n).Clear();
            else new Span<float>(states + _e._s.StateRow(direction, sequence) * n, n).CopyTo(new Span<float>(to, n));
        }

        private void Store(float* state, float* rows, nint row)
        {
            int n = _e._s.Hidden;
            if (rows is not null) new Span<float>(state, n).CopyTo(new Span<float>(rows + row * n, n));
        }
    }
}
