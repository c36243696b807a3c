namespace Edge.Runtime.Execution;

/// <summary>The plans of a graph for the shapes that came last. Owns them. Not synchronized.</summary>
internal sealed class PlanCache : IDisposable
{
    private const int Capacity = 4;

    private readonly List<ExecutionPlan> _plans = []; // most recently used first

    public bool IsFull => _plans.Count == Capacity;

    /// <summary>The plan that ran last, or was made last; null before the first.</summary>
    public ExecutionPlan? Latest => _plans.Count == 0 ? null : _plans[0];

    public IReadOnlyList<ExecutionPlan> All => _plans;

    /// <summary>The plan that fits, which becomes the latest; null if none does. Allocates nothing.</summary>
    public ExecutionPlan? Find(ReadOnlySpan<RunValue> inputs)
    {
        for (int i = 0; i < _plans.Count; i++)
        {
            if (!_plans[i].Fits(inputs)) continue;
            var plan = _plans[i];
            if (i == 0) return plan;
            _plans.RemoveAt(i);
            _plans.Insert(0, plan);
            return plan;
        }

        return null;
    }

    /// <summary>Makes <paramref name="plan"/> the latest, and gives up the one that was used longest ago if there are too many.</summary>
    public ExecutionPlan Add(ExecutionPlan plan)
    {
        _plans.Insert(0, plan);
        if (_plans.Count <= Capacity) return plan;
        _plans[^1].Dispose();
        _plans.RemoveAt(_plans.Count - 1);
        return plan;
    }

    public void Clear()
    {
        foreach (var plan in _plans) plan.Dispose();
        _plans.Clear();
    }

    public void Dispose() => Clear();
}
