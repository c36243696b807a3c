namespace Edge.Training.Optimization;

/// <summary>
/// An exponential moving average of parameters and running statistics, which generalizes better than the last step's
/// (Polyak and Juditsky 1992). One owner at a time.
/// </summary>
public sealed class WeightAverage
{
    private readonly (Parameter Parameter, float[] Average)[] _slots;
    private readonly float _decay;
    private int _updates;

    /// <param name="parameters">Frozen ones are passed over.</param>
    /// <param name="decay">What is kept at each update; less at first, so that the start is forgotten.</param>
    public WeightAverage(IEnumerable<Parameter> parameters, float decay)
    {
        _decay = decay;
        _slots = [.. parameters.Where(p => !p.IsFrozen).Select(p => (p, p.Data.ToArray()))];
    }

    /// <summary>Takes the parameters as they are now.</summary>
    public void Update()
    {
        _updates++;
        float keep = Math.Min(_decay, (1f + _updates) / (10f + _updates));
        foreach ((Parameter p, float[] average) in _slots)
        {
            ReadOnlySpan<float> data = p.Data;
            for (int i = 0; i < average.Length; i++) average[i] = keep * average[i] + (1 - keep) * data[i];
        }
    }

    /// <summary>Exchanges parameters and averages; a second call undoes it.</summary>
    public void Swap()
    {
        foreach ((Parameter p, float[] average) in _slots)
        {
            float[] current = p.Data.ToArray();
            average.CopyTo(p.Data);
            current.CopyTo(average, 0);
        }
    }
}
