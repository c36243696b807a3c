using System.Numerics;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Select;

/// <summary>Sorts the indices of slices, stably, so that the first of equal ones is where they occur first.</summary>
internal sealed unsafe class UniqueExecutor<T>(UniqueSlices slices, bool sorted, bool[] wants) : Executor where T : unmanaged, INumber<T>
{
    private readonly int _outer = slices.Outer;
    private readonly int _count = slices.Count;
    private readonly int _inner = slices.Inner;

    public override string Kernel => "unique_merge_sort";

    public override nint ScratchBytes => 5 * (nint)_count * sizeof(int);

    public override void Execute(in StepContext c)
    {
        T* x = c.Input<T>(0);
        // Groups are numbered in ascending order.
        int* order = (int*)c.Scratch, spare = order + _count, group = spare + _count, first = group + _count, size = first + _count;
        Sort(x, order, spare);
        int groups = 0;
        for (int i = 0; i < _count; i++)
        {
            if (i == 0 || Compare(x, order[i - 1], order[i]) != 0)
            {
                first[groups] = order[i];
                size[groups++] = 0;
            }

            group[order[i]] = groups - 1;
            size[groups - 1]++;
        }

        // Which group comes at which place of the output, and the other way round.
        int* at = order, place = spare;
        for (int i = 0, n = 0; i < _count; i++)
        {
            int g = sorted ? i : group[i];
            if (sorted ? i >= groups : first[g] != i) continue;
            place[g] = n;
            at[n++] = g;
        }

        if (wants[0]) Write(x, slices.IsBool ? (T*)c.Allocate<bool>(0, slices.With(groups)) : c.Allocate<T>(0, slices.With(groups)), at, first, groups);
        long* indices = wants[1] ? c.Allocate<long>(1, new Shape(groups)) : null;
        long* inverse = wants[2] ? c.Allocate<long>(2, new Shape(_count)) : null;
        long* counts = wants[3] ? c.Allocate<long>(3, new Shape(groups)) : null;
        for (int n = 0; n < groups; n++)
        {
            if (indices is not null) indices[n] = first[at[n]];
            if (counts is not null) counts[n] = size[at[n]];
        }

        if (inverse is null) return;
        for (int i = 0; i < _count; i++) inverse[i] = place[group[i]];
    }

    private void Write(T* x, T* y, int* at, int* first, int groups)
    {
        for (int o = 0; o < _outer; o++)
            for (int n = 0; n < groups; n++, y += _inner)
                new ReadOnlySpan<T>(x + ((nint)o * _count + first[at[n]]) * _inner, _inner).CopyTo(new Span<T>(y, _inner));
    }

    /// <summary>Merges runs of 1, 2, 4, … indices, to and fro between the two arrays.</summary>
    private void Sort(T* x, int* order, int* spare)
    {
        for (int i = 0; i < _count; i++) order[i] = i;
        int* from = order, to = spare;
        for (long run = 1; run < _count; run *= 2)
        {
            for (long start = 0; start < _count; start += 2 * run)
            {
                long a = start, middle = Math.Min(start + run, _count), b = middle, end = Math.Min(start + 2 * run, _count);
                for (long n = start; n < end; n++)
                    to[n] = b == end || (a < middle && Compare(x, from[a], from[b]) <= 0) ? from[a++] : from[b++];
            }

            int* merged = to;
            to = from;
            from = merged;
        }

        if (from != order) new ReadOnlySpan<int>(from, _count).CopyTo(new Span<int>(order, _count));
    }

    private int Compare(T* x, int a, int b)
    {
        for (int o = 0; o < _outer; o++)
        {
            T* row = x + (nint)o * _count * _inner;
            for (int i = 0; i < _inner; i++)
            {
                T p = row[(nint)a * _inner + i], q = row[(nint)b * _inner + i];
                if (p == q) continue;
                if (p < q || (!T.IsNaN(p) && T.IsNaN(q))) return -1;
                if (p > q || (T.IsNaN(p) && !T.IsNaN(q))) return 1;
            }
        }

        return 0;
    }
}
