using Edge.Runtime;
using Edge.SharedModels.Samples;
using Edge.Tensors;

namespace Edge.AccuracyTable.Measuring;

/// <summary>A session that feeds its own states back, if it has any.</summary>
internal sealed class SteppedModel(IInferenceSession session, AccuracyCase model) : IDisposable
{
    private readonly Tensor[] _states = [.. model.State.Select(s => Tensor.Create<float>(new Shape(s.Shape)))];

    public IInferenceSession Session => session;

    /// <summary>All inputs of a step: what is given, and the states in their places.</summary>
    public Tensor[] Inputs(IReadOnlyList<Tensor> given)
    {
        var inputs = given.ToList();
        for (int i = 0; i < _states.Length; i++) inputs.Insert(model.State[i].Input, _states[i]);
        return [.. inputs];
    }

    public IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor> given)
    {
        IReadOnlyList<Tensor> results = session.Run(Inputs(given));
        // The session overwrites its outputs while it reads the state.
        for (int i = 0; i < _states.Length; i++) _states[i] = results[model.State[i].Output].Clone();
        return results;
    }

    /// <summary>Each step's inputs, states included, as this model makes them.</summary>
    public IEnumerable<IReadOnlyList<Tensor>> Steps(ISamples samples)
    {
        for (int i = 0; i < _states.Length; i++) _states[i] = Tensor.Create<float>(_states[i].Shape);
        for (int i = 0; i < samples.Count; i++)
        {
            IReadOnlyList<Tensor> given = samples.Inputs(i);
            Tensor[] inputs = Inputs(given);
            if (_states.Length > 0) Run(given);
            yield return inputs;
        }
    }

    public void Dispose() => session.Dispose();
}
