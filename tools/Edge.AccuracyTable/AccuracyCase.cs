using Edge.SharedModels.Samples;

namespace Edge.AccuracyTable;

/// <summary>One model with its data.</summary>
/// <param name="Name">As DATA.md names it.</param>
/// <param name="Model">Path of the fp32 model under <c>shared/data</c>.</param>
/// <param name="Open">Its data.</param>
/// <param name="MaxDrop">What int8 may lose, in the unit of the task's first figure.</param>
internal sealed record AccuracyCase(string Name, string Model, Func<SharedSets, DataSet> Open, double MaxDrop)
{
    /// <summary>Whether <see cref="MaxDrop"/> is in percent of the float model's figure.</summary>
    public bool Relative { get; init; }

    /// <summary>Inputs that always have the same value, for which the model is made; the data does not have them.</summary>
    public IReadOnlyDictionary<string, double> Fixed { get; init; } = new Dictionary<string, double>();

    /// <summary>Recurrent state: the output of one step is an input of the next, which begins with zeros.</summary>
    public IReadOnlyList<StateTensor> State { get; init; } = [];
}

/// <summary>A tensor that a model hands on.</summary>
/// <param name="Input">Position among the inputs.</param>
/// <param name="Output">Position among the outputs.</param>
/// <param name="Shape">Of the zeros that it begins with.</param>
internal sealed record StateTensor(int Input, int Output, int[] Shape);
