using System.Numerics;
using System.Runtime.CompilerServices;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Trees;

/// <summary>
/// Decision trees, flattened. The weights that the trees give to a row are added in the order of the trees, whatever
/// thread finds the leaves, so results do not depend on threads or instruction set. Immutable, free of locks.
/// </summary>
/// <typeparam name="T">float or double: features, thresholds and weights.</typeparam>
public sealed unsafe class Forest<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Trees below which finding the leaves of one row is not worth a second thread.</summary>
    private const int TreesPerChunk = 128;

    /// <summary>Rows that walk through the same tree one after the other, while it is in the cache.</summary>
    private const int RowsPerChunk = 32;

    private readonly TreeBranch<T>[] _branches;
    private readonly int[] _roots;
    private readonly TreeLeaves<T> _leaves;
    private readonly TreeAggregate _aggregate;
    private readonly TreeMode? _mode;
    private readonly int _targets;

    /// <param name="branches">Acyclic: every child is a later branch, or the complement of a leaf.</param>
    /// <param name="roots">One a tree: a branch, or the complement of a leaf.</param>
    /// <param name="leaves">What they give.</param>
    /// <param name="targets">Number of targets.</param>
    /// <param name="aggregate">How weights of one target are joined.</param>
    /// <exception cref="ArgumentException">A child, root or target does not exist, or a child comes before its parent.</exception>
    public Forest(TreeBranch<T>[] branches, int[] roots, TreeLeaves<T> leaves, int targets, TreeAggregate aggregate)
    {
        int leafCount = leaves.Starts.Length - 1;
        for (int i = 0; i < branches.Length; i++)
        {
            CheckChild(branches[i].Yes, i);
            CheckChild(branches[i].No, i);
            FeatureCount = Math.Max(FeatureCount, branches[i].Feature + 1);
        }

        foreach (int root in roots) CheckChild(root, -1);
        if (leaves.Starts[^1] != leaves.Weights.Length || leaves.Targets.Length != leaves.Weights.Length) throw new ArgumentException("leaves and weights do not fit");
        for (int i = 0; i < leafCount; i++)
            if (leaves.Starts[i] > leaves.Starts[i + 1] || leaves.Starts[i] < 0) throw new ArgumentException("the weights of a leaf end before they begin");
        foreach (int target in leaves.Targets)
            if ((uint)target >= (uint)targets) throw new ArgumentException($"there is no target {target}");
        (_branches, _roots, _leaves, _targets, _aggregate) = (branches, roots, leaves, targets, aggregate);
        _mode = branches.Length > 0 && Array.TrueForAll(branches, b => b.Mode == branches[0].Mode) ? branches[0].Mode : null;

        void CheckChild(int child, int parent)
        {
            if (child >= 0 ? child <= parent || child >= branches.Length : ~child >= leafCount) throw new ArgumentException($"branch {parent} has no child {child}");
        }
    }

    /// <summary>Features that a row must have.</summary>
    public int FeatureCount { get; }

    public int Trees => _roots.Length;

    /// <summary>Bytes of all arrays.</summary>
    public nint Bytes => (nint)_branches.Length * sizeof(TreeBranch<T>) + (nint)_leaves.Weights.Length * (sizeof(int) + sizeof(T)) + (nint)(_roots.Length + _leaves.Starts.Length) * sizeof(int);

    /// <summary>Scratch of <see cref="Run"/>.</summary>
    public nint ScratchBytes => (nint)_roots.Length * sizeof(int);

    /// <summary>What the trees give to each target of each row; targets that no leaf names are 0.</summary>
    /// <param name="x"><c>[rows, columns]</c>, columns being at least <see cref="FeatureCount"/>.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Elements from row to row.</param>
    /// <param name="scores"><c>[rows, targets]</c>.</param>
    /// <param name="given">Likewise: 1 where at least one leaf named the target, else 0.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/> bytes.</param>
    /// <param name="pool">The threads to use.</param>
    public void Run(T* x, int rows, int columns, T* scores, byte* given, byte* scratch, WorkerPool pool)
    {
        new Span<byte>(given, rows * _targets).Clear();
        new Span<T>(scores, rows * _targets).Clear();
        switch (_mode)
        {
            case TreeMode.LessOrEqual: Run<LessOrEqual>(x, rows, columns, scores, given, (int*)scratch, pool); break;
            case TreeMode.Less: Run<Less>(x, rows, columns, scores, given, (int*)scratch, pool); break;
            default: Run<Any>(x, rows, columns, scores, given, (int*)scratch, pool); break;
        }
    }

    private void Run<TBranch>(T* x, int rows, int columns, T* scores, byte* given, int* found, WorkerPool pool) where TBranch : struct, IBranch
    {
        if (pool.Threads > 1 && rows < pool.Threads && _roots.Length >= 2 * TreesPerChunk)
        {
            for (int row = 0; row < rows; row++)
            {
                var job = new TreeJob<TBranch> { Forest = this, X = x + (nint)row * columns, Found = found };
                pool.Run(ref job, (_roots.Length + TreesPerChunk - 1) / TreesPerChunk);
                for (int tree = 0; tree < _roots.Length; tree++) Add(found[tree], scores + (nint)row * _targets, given + (nint)row * _targets);
            }

            return;
        }

        int block = Math.Clamp(rows / (4 * pool.Threads), 1, RowsPerChunk);
        var all = new RowJob<TBranch> { Forest = this, X = x, Rows = rows, Columns = columns, Scores = scores, Given = given, Block = block };
        pool.Run(ref all, (rows + block - 1) / block);
    }

    private void Add(int leaf, T* scores, byte* given)
    {
        int end = _leaves.Starts[leaf + 1];
        for (int i = _leaves.Starts[leaf]; i < end; i++)
        {
            int target = _leaves.Targets[i];
            T weight = _leaves.Weights[i];
            bool replaces = given[target] == 0
                || _aggregate == TreeAggregate.Min && weight < scores[target] || _aggregate == TreeAggregate.Max && weight > scores[target];
            if (_aggregate == TreeAggregate.Sum) scores[target] += weight;
            else if (replaces) scores[target] = weight;
            given[target] = 1;
        }
    }

    /// <summary>The leaf of a tree that a row reaches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Leaf<TBranch>(TreeBranch<T>* branches, int at, T* row) where TBranch : struct, IBranch
    {
        while (at >= 0)
        {
            ref readonly var branch = ref branches[at];
            T value = row[branch.Feature];
            bool holds = TBranch.Holds(branch, value) || (branch.NanHolds && T.IsNaN(value));
            at = holds ? branch.Yes : branch.No;
        }

        return ~at;
    }

    private struct TreeJob<TBranch> : IParallelJob where TBranch : struct, IBranch
    {
        public Forest<T> Forest;
        public T* X;
        public int* Found;

        [MethodImpl(Compile.Alone)]
        public readonly void Execute(int chunk)
        {
            int end = Math.Min(Forest._roots.Length, (chunk + 1) * TreesPerChunk);
            fixed (TreeBranch<T>* branches = Forest._branches)
                for (int tree = chunk * TreesPerChunk; tree < end; tree++) Found[tree] = Leaf<TBranch>(branches, Forest._roots[tree], X);
        }
    }

    private struct RowJob<TBranch> : IParallelJob where TBranch : struct, IBranch
    {
        public Forest<T> Forest;
        public T* X;
        public int Rows;
        public int Columns;
        public T* Scores;
        public byte* Given;
        public int Block;

        [MethodImpl(Compile.Alone)]
        public readonly void Execute(int chunk)
        {
            int end = Math.Min(Rows, (chunk + 1) * Block);
            nint targets = Forest._targets;
            fixed (TreeBranch<T>* branches = Forest._branches)
            {
                foreach (int root in Forest._roots)
                    for (int row = chunk * Block; row < end; row++)
                        Forest.Add(Leaf<TBranch>(branches, root, X + (nint)row * Columns), Scores + row * targets, Given + row * targets);
            }
        }
    }

    private interface IBranch
    {
        static abstract bool Holds(in TreeBranch<T> branch, T value);
    }

    private readonly struct LessOrEqual : IBranch
    {
        public static bool Holds(in TreeBranch<T> branch, T value) => value <= branch.Threshold;
    }

    private readonly struct Less : IBranch
    {
        public static bool Holds(in TreeBranch<T> branch, T value) => value < branch.Threshold;
    }

    private readonly struct Any : IBranch
    {
        public static bool Holds(in TreeBranch<T> branch, T value) => branch.Mode switch
        {
            TreeMode.LessOrEqual => value <= branch.Threshold,
            TreeMode.Less => value < branch.Threshold,
            TreeMode.GreaterOrEqual => value >= branch.Threshold,
            TreeMode.Greater => value > branch.Threshold,
            TreeMode.Equal => value == branch.Threshold,
            _ => value != branch.Threshold,
        };
    }
}
