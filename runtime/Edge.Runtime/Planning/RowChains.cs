using Edge.Kernels.Threading;
using Edge.Kernels.Topology;
using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Tensors;

namespace Edge.Runtime.Planning;

/// <summary>
/// Finds steps for <see cref="RowChain"/>s. A step may be in a chain with others where what it reads of theirs are the rows that it computes, and
/// where no memory that one of them writes is read or written by another in any other way: threads are in different steps at the same time.
/// </summary>
internal sealed class RowChains
{
    /// <summary>Processor cycles of a chain below which threads do not share it.</summary>
    private const long LeastCycles = 32 * 1024;

    /// <summary>Bytes of weights that all steps may have: chunks that follow each other read all of them.</summary>
    private static readonly long s_mostWeights = CpuTopology.Current.L2BytesPerCore / 2;

    /// <summary>Chunks of each thread at most, where what a chunk hands on is to stay in a core's cache.</summary>
    private const int MostChunks = 16;

    /// <summary>Steps of a chain at most: to look for more in vain again and again would take long.</summary>
    private const int MostSteps = 64;

    /// <summary>Rows for each thread at least: of few, weights are read for few sums.</summary>
    private const int LeastRowsOfThread = 40;

    private readonly IReadOnlyList<PendingStep> _steps;
    private readonly StoragePlanner _storage;
    private readonly int _threads;

    private RowChains(IReadOnlyList<PendingStep> steps, StoragePlanner storage, int threads)
    {
        _steps = steps;
        _storage = storage;
        _threads = threads;
    }

    /// <param name="steps">All steps in their order, without those that do nothing.</param>
    /// <param name="storage">Where their tensors lie.</param>
    /// <param name="threads">Threads that share the work.</param>
    /// <returns>The chains, which do not overlap, in the order of the steps.</returns>
    public static List<RowChainPlan> Find(IReadOnlyList<PendingStep> steps, StoragePlanner storage, int threads) =>
        threads == 1 ? [] : new RowChains(steps, storage, threads).Find();

    private List<RowChainPlan> Find()
    {
        var chains = new List<RowChainPlan>();
        for (int step = 0; step < _steps.Count;)
        {
            if (TryMake(step) is { } chain)
            {
                chains.Add(chain);
                step += chain.Steps;
            }
            else step++;
        }

        return chains;
    }

    /// <summary>The chain that begins with a step; null where that step, or the next one, does not fit, or nothing is won.</summary>
    private RowChainPlan? TryMake(int first)
    {
        if (_steps[first].Executor is not IRowExecutor { Rows: > 0 } head) return null;
        nint rows = head.Rows;
        if (rows < (nint)LeastRowsOfThread * _threads) return null;
        var touched = new Dictionary<Storage, Touch>();
        int end = first, granule = 1, least = 1;
        long cycles = 0;
        nint packed = 0;
        for (; end < _steps.Count && end < first + MostSteps && _steps[end].Executor is IRowExecutor step; end++)
        {
            RowReach reach = step.ReachOf(rows);
            int coarser = Math.Max(granule, step.RowGranule), finer = Math.Min(granule, step.RowGranule);
            packed += _steps[end].Executor!.PackedBytes;
            if (reach == RowReach.None || packed > s_mostWeights || coarser % finer != 0 || (rows + coarser - 1) / coarser < _threads || !TryTouch(end, reach, touched)) break;
            granule = coarser;
            least = Math.Max(least, step.LeastRows);
            cycles += step.Cycles;
        }

        if (end - first < 2 || cycles < LeastCycles) return null;
        List<RowBuffer> buffers = [.. from t in touched let b = t.Key as BlockStorage where b is not null && IsInner(b, t.Value, first, end - 1) select new RowBuffer(b, t.Value.Bytes / rows)];
        long inner = buffers.Sum(b => (long)b.RowBytes) * rows;
        int wanted = (int)Math.Min(Math.Max(ThreadChunks.Of(cycles, _threads), (inner / (CpuTopology.Current.L2BytesPerCore / 4) + _threads - 1) / _threads), MostChunks);
        for (int perThread = wanted; perThread > 0; perThread--)
        {
            var division = new RowDivision(rows, granule, _threads, perThread * _threads);
            (nint smallest, nint largest) = division.Sizes();
            if (smallest < least) continue;
            nint scratch = 0;
            for (int step = first; step < end; step++) scratch = Math.Max(scratch, ((IRowExecutor)_steps[step].Executor!).RowScratchBytes(largest));
            return new RowChainPlan(first, end - first, division, buffers, RowBuffer.Place(buffers, largest), MemoryPlanner.Align(scratch));
        }

        return null;
    }

    /// <summary>Whether a block of memory is written and read by the chain alone, and as a whole.</summary>
    private bool IsInner(BlockStorage block, Touch touch, int first, int last) =>
        block.Output < 0 && touch is { Writes: true, Offset: 0 } && touch.Bytes == block.Bytes && block.FirstUse >= _steps[first].GraphStep && block.LastUse <= _steps[last].GraphStep;

    /// <summary>Notes what a step does with memory; false, and nothing is noted, where it must not with the steps before it.</summary>
    private bool TryTouch(int step, RowReach reach, Dictionary<Storage, Touch> touched)
    {
        (Node node, Executor? executor) = (_steps[step].Node, _steps[step].Executor);
        var own = new List<(Storage Storage, Touch Touch)>();
        for (int i = 0; i < node.Inputs.Count; i++)
            if (node.Inputs[i] is { } x && executor!.Reads(i)) own.Add((_storage[x], Of(x, writes: false, all: i == 0 && reach == RowReach.All)));
        foreach (Value? y in node.Outputs)
            if (y is not null) own.Add((_storage[y], Of(y, writes: true, all: false)));

        var after = new Dictionary<Storage, Touch>();
        foreach ((Storage storage, Touch touch) in own)
        {
            Touch all = touch;
            if (after.TryGetValue(storage, out Touch before) || touched.TryGetValue(storage, out before))
            {
                if ((before.Writes || touch.Writes) && (before.Offset != touch.Offset || before.Bytes != touch.Bytes || before.All || touch.All)) return false;
                all = touch with { Writes = before.Writes || touch.Writes, All = before.All || touch.All };
            }

            after[storage] = all;
        }

        foreach ((Storage storage, Touch touch) in after) touched[storage] = touch;
        return true;

        Touch Of(Value v, bool writes, bool all) => new(_storage.Offset(v), (nint)v.Shape!.Value.Count * v.Type.Size(), writes, all);
    }

    /// <summary>What steps of a chain do with a block of memory.</summary>
    /// <param name="Offset">Of the part that they read or write.</param>
    /// <param name="Bytes">Of that part.</param>
    /// <param name="Writes">One of them writes to it.</param>
    /// <param name="All">One of them reads more of it than its own rows.</param>
    private readonly record struct Touch(nint Offset, nint Bytes, bool Writes, bool All);
}
