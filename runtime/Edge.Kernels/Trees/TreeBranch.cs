using System.Numerics;

namespace Edge.Kernels.Trees;

/// <summary>How a branch compares a feature with its threshold: it is taken where the comparison holds.</summary>
public enum TreeMode
{
    LessOrEqual,
    Less,
    GreaterOrEqual,
    Greater,
    Equal,
    NotEqual,
}

/// <summary>What becomes of the weights that several trees give to one target.</summary>
public enum TreeAggregate
{
    Sum,
    Min,
    Max,
}

/// <summary>An inner node of a tree. 16 bytes for float32, so that four share a cache line.</summary>
/// <remarks>A child is the index of a branch, or the complement of the index of a leaf.</remarks>
public readonly struct TreeBranch<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Features that a branch can tell apart.</summary>
    public const int MaxFeatures = 1 << FeatureBits;

    private const int FeatureBits = 24, ModeBits = 3;

    private readonly int _packed;

    /// <param name="mode">The comparison.</param>
    /// <param name="feature">Index of the feature, below <see cref="MaxFeatures"/>.</param>
    /// <param name="threshold">What it is compared with.</param>
    /// <param name="nanHolds">NaN counts as if the comparison held.</param>
    /// <param name="yes">Child where it holds.</param>
    /// <param name="no">Child where it does not.</param>
    public TreeBranch(TreeMode mode, int feature, T threshold, bool nanHolds, int yes, int no)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)feature, (uint)MaxFeatures);
        _packed = feature | (int)mode << FeatureBits | (nanHolds ? 1 << FeatureBits + ModeBits : 0);
        Threshold = threshold;
        Yes = yes;
        No = no;
    }

    public T Threshold { get; }

    public int Yes { get; }

    public int No { get; }

    public int Feature => _packed & (MaxFeatures - 1);

    public TreeMode Mode => (TreeMode)(_packed >> FeatureBits & (1 << ModeBits) - 1);

    public bool NanHolds => _packed >> FeatureBits + ModeBits != 0;
}
