using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.WeightOnly;

/// <summary>What is kept of zero points.</summary>
internal enum ZeroPointKind : byte
{
    /// <summary>All are 0.</summary>
    None,

    /// <summary>Signed bytes.</summary>
    Bytes,

    /// <summary>float32: some are no whole numbers.</summary>
    Floats,
}

/// <summary>
/// Integer weights as the kernels read them: from front to back, once a run. A panel is <see cref="Wide"/> vectors of columns, or, for
/// the columns that are left, one. It holds its blocks one after the other; a block its scales, its zero points, and its codes, step by
/// step, vector by vector.
/// </summary>
/// <remarks>
/// A step of 8 bits is one row, a byte a lane. A step of 4 bits is eight rows, 32 bits a lane: they are loaded as they are, and no lane's bits
/// ever cross into another. Blocks end with a whole group of eight rows, whose codes are 0 beyond K.
/// </remarks>
internal readonly struct WeightOnlyLayout
{
    /// <summary>Vectors of columns of a panel: with the rows of two phases as many sums as hide the latency of an addition.</summary>
    public const int Wide = 4;

    /// <summary>Rows that lie together.</summary>
    public const int Group = 8;

    public readonly int K;
    public readonly int N;
    public readonly int Bits;

    /// <summary>Rows of a block, whole groups.</summary>
    public readonly int BlockSize;

    public readonly int Lanes;
    public readonly ZeroPointKind ZeroPoints;

    public WeightOnlyLayout(in IntegerWeights weights, int lanes)
    {
        K = weights.K;
        N = weights.N;
        Bits = weights.Bits;
        BlockSize = weights.Blocks > 1 ? weights.BlockSize : PaddedK;
        Lanes = lanes;
        ZeroPoints = KindOf(weights);
    }

    public int Blocks => (K + BlockSize - 1) / BlockSize;

    public int WidePanels => N / (Wide * Lanes);

    public int Panels => WidePanels + (N - WidePanels * Wide * Lanes + Lanes - 1) / Lanes;

    /// <summary>Vectors of columns.</summary>
    public int Vectors => (N + Lanes - 1) / Lanes;

    /// <summary>N, filled up to whole vectors, and so far that any panel of tiles may be read beyond them.</summary>
    public int PaddedN => Vectors * Lanes + Wide * Lanes;

    /// <summary>K, filled up to whole groups.</summary>
    public int PaddedK => (K + Group - 1) / Group * Group;

    /// <summary>Bytes of eight rows of a vector of columns.</summary>
    public int GroupBytes => Lanes * Bits;

    /// <summary>Bytes of scales and zero points of a block of a vector of columns.</summary>
    public int HeaderBytes => Lanes * (sizeof(float) + ZeroPoints switch { ZeroPointKind.None => 0, ZeroPointKind.Bytes => 1, _ => sizeof(float) });

    /// <summary>Bytes of a vector of columns.</summary>
    private nint VectorBytes => (nint)Blocks * HeaderBytes + (nint)(PaddedK / Group) * GroupBytes;

    public nint PackedBytes => Vectors * VectorBytes;

    /// <summary>Vectors of a panel.</summary>
    public int PanelVectors(int panel) => panel < WidePanels ? Wide : 1;

    /// <summary>First vector of columns of a panel.</summary>
    public int FirstVector(int panel) => panel < WidePanels ? panel * Wide : WidePanels * Wide + panel - WidePanels;

    /// <summary>The panel of a vector of columns.</summary>
    public int PanelOf(int vector) => vector < WidePanels * Wide ? vector / Wide : vector - WidePanels * Wide + WidePanels;

    /// <summary>Where a panel begins, in bytes.</summary>
    public nint PanelOffset(int panel) => FirstVector(panel) * VectorBytes;

    /// <summary>What could lie otherwise in as many bytes has another name.</summary>
    public string Name(string kernel) => $"{kernel} block {BlockSize} zero {ZeroPoints}";

    private static ZeroPointKind KindOf(in IntegerWeights w)
    {
        if (w.ZeroPoints.IsEmpty) return w.Bias == 0 ? ZeroPointKind.None : ZeroPointKind.Bytes;
        bool none = true, bytes = true;
        foreach (float z in w.ZeroPoints)
        {
            none &= z == w.Bias;
            bytes &= float.IsInteger(z) && z - w.Bias is >= sbyte.MinValue and <= sbyte.MaxValue;
        }

        return none ? ZeroPointKind.None : bytes ? ZeroPointKind.Bytes : ZeroPointKind.Floats;
    }
}
