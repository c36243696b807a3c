using Edge.Runtime;
using Edge.Tensors;

namespace Edge.ModelMatrix.Checks;

/// <summary>An engine that feeds its own states back.</summary>
internal sealed class Steps(IInferenceSession session, ModelCase c) : IDisposable
{
    private readonly Tensor[] _states = [.. c.State.Select(s => Tensor.Create<float>(new Shape(s.Shape)))];

    /// <summary>All inputs of a step: what is given, and the states in their places.</summary>
    public Tensor[] Inputs(IReadOnlyList<Tensor> given)
    {
        var inputs = given.ToList();
        for (int i = 0; i < _states.Length; i++) inputs.Insert(c.State[i].Input, _states[i]);
        return [.. inputs];
    }

    public IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor> given)
    {
        var results = session.Run(Inputs(given));
        for (int i = 0; i < _states.Length; i++) _states[i] = results[c.State[i].Output];
        return results;
    }

    public void Dispose() => session.Dispose();
}
