using Edge.Tensors;

namespace Edge.Training;

/// <summary>What an operation learns, or, like running statistics, remembers. Owned by its graph.</summary>
public sealed unsafe class Parameter
{
    private readonly Tensor _data;
    private readonly Tensor _gradient;

    internal Parameter(string name, Shape shape, ParameterRole role)
    {
        Name = name;
        Role = role;
        _data = Tensor.Create<float>(shape);
        _gradient = Tensor.Create<float>(shape);
    }

    /// <summary>Unique in its graph: the operation's name, then what it is to it.</summary>
    public string Name { get; }

    public ParameterRole Role { get; }

    public Shape Shape => _data.Shape;

    public Span<float> Data => _data.AsSpan<float>();

    /// <summary>Written by the backward pass, not added to.</summary>
    public Span<float> Gradient => _gradient.AsSpan<float>();

    /// <summary>An optimizer may change it.</summary>
    public bool IsTrained => Role != ParameterRole.Statistic && !IsFrozen;

    /// <summary>Set when the graph was built with its trunk frozen.</summary>
    public bool IsFrozen { get; internal init; }

    internal float* Pointer => (float*)_data.Data;
}

/// <summary>How an optimizer treats a parameter.</summary>
public enum ParameterRole
{
    /// <summary>Decays.</summary>
    Weight,

    /// <summary>Bias, scale or shift: does not decay.</summary>
    Offset,

    /// <summary>Running mean or variance: no gradient.</summary>
    Statistic,
}
