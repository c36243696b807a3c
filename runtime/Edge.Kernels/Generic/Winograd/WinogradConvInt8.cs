using Edge.Kernels.Dense;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Packing;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>
/// An integer 3×3 convolution by F(m×m, 3×3) on 16-bit numbers, for CPUs that multiply these no slower than bytes. Its
/// results are those of the sum, bit for bit (<see cref="IWinogradInt8"/>).
/// </summary>
internal sealed unsafe class WinogradConvInt8 : PreparedConvInt8
{
    private readonly WordTiles _words;
    private readonly WinogradLayout _layout;
    private readonly WinogradPlan _plan;
    private readonly Requantization _output;
    private readonly PackedBlock _packed;
    private readonly bool _inputSigned;
    private readonly int _inputZeroPoint;

    /// <param name="isa">The kernels.</param>
    /// <param name="words">Its tiles.</param>
    /// <param name="geometry">One that <see cref="WinogradLayout.Takes"/>.</param>
    /// <param name="outputs">m, 2 or 4, no more than <see cref="MostOutputs"/>.</param>
    /// <param name="weights">Copied.</param>
    /// <param name="bias">Copied, may be empty.</param>
    /// <param name="inputSigned">Whether the input is int8.</param>
    /// <param name="inputZeroPoint">Its zero point.</param>
    /// <param name="output">What becomes of sums.</param>
    /// <param name="threads">Threads that a run may use; with a larger pool it uses one.</param>
    /// <param name="store">Where packed weights come from.</param>
    public WinogradConvInt8(DenseIsa isa, WordTiles words, in ConvGeometry geometry, int outputs, in Int8Weights weights, ReadOnlySpan<int> bias, bool inputSigned, int inputZeroPoint, in Int8Output output, int threads, PackedStore store)
    {
        _words = words;
        _inputSigned = inputSigned;
        _inputZeroPoint = inputZeroPoint;
        _output = new Requantization(output, geometry.OutChannels);
        _layout = new WinogradLayout(geometry, outputs, words.Accumulate.Columns, sizeof(short));
        _plan = new WinogradPlan(_layout, words.Accumulate.MaxRows, threads);
        KernelName = $"winograd{outputs}_int8_{isa.Name}_{words.Accumulate.MaxRows}x{words.Accumulate.Columns}_words";
        _packed = store.Take(KernelName, _layout.WeightBytes + 2 * Slots * sizeof(int));
        if (_packed.IsFilled) return;
        WinogradWeights.Pack(_layout, outputs == 2 ? Winograd2Int8.WeightRows : Winograd4Int8.WeightRows, weights.Differences(geometry.OutChannels), (short*)_packed.Base);
        bias.CopyTo(new Span<int>(Bias, geometry.OutChannels));
        _output.Scale.CopyTo(new Span<float>(Scale, geometry.OutChannels));
    }

    public override string KernelName { get; }

    public override nint ScratchBytes => _plan.ScratchBytes;

    public override nint PackedBytes => _packed.ByteLength;

    private nint Slots => (nint)_layout.Panels * _layout.Columns;

    private int* Bias => (int*)(_packed.Base + _layout.WeightBytes);

    private float* Scale => (float*)Bias + Slots;

    /// <summary>The greatest m, 4 or 2, of which F(m×m, 3×3) recovers every sum that a byte's inputs can have with these weights; 0 if there is none.</summary>
    public static int MostOutputs(in ConvGeometry g, in Int8Weights weights, bool inputSigned, int inputZeroPoint)
    {
        if (!WinogradLayout.Takes(g)) return 0;
        if (IsExact<Winograd4Int8>(g, weights, inputSigned, inputZeroPoint)) return 4;
        return IsExact<Winograd2Int8>(g, weights, inputSigned, inputZeroPoint) ? 2 : 0;
    }

    public override void Run(byte* x, void* y, byte* scratch, WorkerPool pool)
    {
        if (_layout.Tiles == 0 || _layout.Panels == 0) return;
        var ends = new WinogradEndsInt8(_words.Winograd.For(_layout.Outputs), x, _inputSigned, _inputZeroPoint, (byte*)y, _output, Bias, Scale);
        new WinogradRun<WinogradEndsInt8>(_words.Accumulate, ends, _layout, _plan, _packed.Base, scratch).Run(pool);
        GC.KeepAlive(this);
    }

    protected override void Dispose(bool disposing) => _packed.Dispose();

    private static bool IsExact<TWinograd>(in ConvGeometry g, in Int8Weights weights, bool inputSigned, int inputZeroPoint) where TWinograd : IWinogradInt8
    {
        int[] zeroPoints = weights.PerChannelZeroPoints(g.OutChannels);
        int perChannel = g.OutChannels == 0 ? 0 : weights.Data.Length / g.OutChannels;
        long least = (inputSigned ? sbyte.MinValue : byte.MinValue) - inputZeroPoint, greatest = (inputSigned ? sbyte.MaxValue : byte.MaxValue) - inputZeroPoint;
        for (int oc = 0; oc < g.OutChannels; oc++)
        {
            long above = 0, below = 0;
            int zeroPoint = zeroPoints[oc];
            foreach (byte b in weights.Data.Slice(oc * perChannel, perChannel))
            {
                int w = (weights.Signed ? (sbyte)b : b) - zeroPoint;
                if (Math.Abs(w) > TWinograd.MostWeight) return false;
                if (w > 0) above += w;
                else below -= w;
            }

            // The greatest sum, and the least one.
            if (above * greatest - below * least > TWinograd.MostSum || below * greatest - above * least > TWinograd.MostSum) return false;
        }

        return true;
    }
}
