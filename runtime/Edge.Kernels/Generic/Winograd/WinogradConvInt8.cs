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
    private nint _threadStride;
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
        _plan = new WinogradPlan(_layout, words.Accumulate, threads);
        _threadStride = _plan.ThreadBytes;
        KernelName = $"winograd{outputs}_int8_{isa.Name}_{words.Accumulate.MaxRows}x{words.Accumulate.Columns}_words";
        _packed = store.Take(KernelName, _layout.WeightBytes + 2 * Slots * sizeof(int));
        if (_packed.IsFilled) return;
        WinogradWeights.Pack(_layout, outputs == 2 ? Winograd2Int8.WeightRows : Winograd4Int8.WeightRows, weights.Differences(geometry.OutChannels), (short*)_packed.Base);
        bias.CopyTo(new Span<int>(Bias, geometry.OutChannels));
        _output.Scale.CopyTo(new Span<float>(Scale, geometry.OutChannels));
    }

    public override string KernelName { get; }

    public override nint ScratchBytes => _plan.ScratchBytes;

    public override void SpreadScratch(nint bytes) => _threadStride = _plan.ThreadStride(bytes);

    public override nint PackedBytes => _packed.ByteLength;

    private nint Slots => (nint)_layout.Panels * _layout.Columns;

    private int* Bias => (int*)(_packed.Base + _layout.WeightBytes);

    private float* Scale => (float*)Bias + Slots;

    /// <summary>The greatest m, 4 or 2, of which F(m×m, 3×3) recovers every sum that inputs of a byte can have with these weights; 0 if there is none.</summary>
    public static int MostOutputs(in ConvGeometry g, in Int8Weights weights, bool inputSigned, int inputZeroPoint)
    {
        if (!WinogradLayout.Takes(g)) return 0;
        int[] zeroPoints = weights.PerChannelZeroPoints(g.OutChannels);
        int perChannel = g.OutChannels == 0 ? 0 : weights.Data.Length / g.OutChannels, outputs = 4;
        long least = (inputSigned ? sbyte.MinValue : byte.MinValue) - inputZeroPoint, greatest = (inputSigned ? sbyte.MaxValue : byte.MaxValue) - inputZeroPoint;
        for (int oc = 0; oc < g.OutChannels && outputs > 0; oc++)
        {
            (long above, long below, int most) = Extent(weights.Data.Slice(oc * perChannel, perChannel), weights.Signed, zeroPoints[oc]);
            long sum = Math.Max(above * greatest - below * least, below * greatest - above * least);
            if (outputs == 4 && (most > Winograd4Int8.MostWeight || sum > Winograd4Int8.MostSum)) outputs = 2;
            if (most > Winograd2Int8.MostWeight || sum > Winograd2Int8.MostSum) outputs = 0;
        }

        return outputs;
    }

    public override void Run(byte* x, void* y, byte* scratch, WorkerPool pool)
    {
        if (_layout.Tiles == 0 || _layout.Panels == 0) return;
        var ends = new WinogradEndsInt8(_words.Winograd.For(_layout.Outputs), x, _inputSigned, _inputZeroPoint, (byte*)y, _output, Bias, Scale);
        new WinogradRun<WinogradEndsInt8>(_words.Accumulate, ends, _layout, _plan, _packed.Base, scratch, _threadStride).Run(pool);
        GC.KeepAlive(this);
    }

    protected override void Dispose(bool disposing) => _packed.Dispose();

    /// <summary>Of weights less their zero point: the sum of those above 0, that of those below without its sign, and the greatest absolute one.</summary>
    private static (long Above, long Below, int Most) Extent(ReadOnlySpan<byte> weights, bool signed, int zeroPoint)
    {
        long above = 0, sum = 0;
        int low = 0, high = 0, flip = signed ? 0x80 : 0, offset = flip + zeroPoint;
        foreach (byte b in weights)
        {
            int w = (b ^ flip) - offset;
            sum += w;
            above += Math.Max(w, 0);
            low = Math.Min(low, w);
            high = Math.Max(high, w);
        }

        return (above, above - sum, Math.Max(-low, high));
    }
}
