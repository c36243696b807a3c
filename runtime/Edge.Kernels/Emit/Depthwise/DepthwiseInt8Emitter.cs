namespace Edge.Kernels.Emit.Depthwise;

/// <summary>What int8 code knows of its operands.</summary>
/// <param name="InputSigned">int8 inputs, whose top bits are inverted, since VPDPBUSD takes uint8.</param>
/// <param name="InputZeroPoint">What padding holds.</param>
/// <param name="OutputSigned">int8 outputs, else uint8.</param>
/// <param name="OutputZeroPoint">Added after rounding.</param>
/// <param name="Low">Least output.</param>
/// <param name="High">Greatest output.</param>
internal readonly record struct Int8DepthwiseTypes(bool InputSigned, int InputZeroPoint, bool OutputSigned, int OutputZeroPoint, int Low, int High)
{
    /// <summary>The byte of padding as VPDPBUSD takes it.</summary>
    public byte Padding => (byte)(InputZeroPoint + (InputSigned ? 128 : 0));
}

/// <summary>
/// int8 with VPDPBUSD, exact: in each 32-bit lane lie four neighbouring pixels of one channel. A chunk's panel is biases,
/// scales, then weights (<see cref="Int8TapWeights"/>), each of as many vectors as the chunk has. Sums must stay below 2³¹ once they are scaled, so that only the packing bounds them.
/// </summary>
internal abstract class DepthwiseInt8Emitter : DepthwiseEmitter
{
    // Bounds of bytes.
    private static readonly Zmm s_low = new(30), s_high = new(31);

    private readonly Int8TapWeights _weights;
    private readonly int _vectors;
    private readonly Zmm[] _padding;
    private readonly X64Address?[] _pixels = new X64Address?[Int8TapGroups.Width];
    private readonly List<(int Row, int KernelRow)>?[] _seen;

    /// <param name="tiling">What <see cref="Int8TapGroups.TilingOf"/> returned.</param>
    /// <param name="strip">As for <see cref="DepthwiseEmitter"/>.</param>
    /// <param name="weights">Where panels have their weights.</param>
    /// <param name="vectors">Vectors of sums for one output of a chunk.</param>
    /// <param name="types">The operands.</param>
    protected DepthwiseInt8Emitter(DepthwiseTiling tiling, RowStrip strip, Int8TapWeights weights, int vectors, in Int8DepthwiseTypes types)
        : base(tiling, strip, vectors * 16, 1, 1)
    {
        _weights = weights;
        _vectors = vectors;
        _padding = new Zmm[vectors];
        Array.Fill(_padding, Padding);
        Types = types;
        _seen = new List<(int, int)>?[tiling.InputRow(strip.Rows - 1, tiling.Geometry.KernelHeight - 1) + 1];
    }

    protected Int8DepthwiseTypes Types { get; }

    /// <summary>Padding, as VPDPBUSD takes it.</summary>
    protected static Zmm Padding { get; } = new(28);

    /// <summary>The top bit of every byte.</summary>
    protected static Zmm Flip { get; } = new(29);

    /// <summary>The output's zero point, as int16.</summary>
    private static Zmm ZeroPoint { get; } = new(27);

    protected override int PanelBytes => PanelVectors(_weights, _vectors) * VectorBytes;

    /// <summary>Vectors of a chunk's panel.</summary>
    public static int PanelVectors(Int8TapWeights weights, int vectors) => (2 + weights.Vectors) * vectors;

    /// <summary>One byte in all four bytes of a number.</summary>
    protected static int Bytes(int value) => (byte)value * 0x01010101;

    protected override void LoadConstants()
    {
        Code.BroadcastConstant(Padding, Bytes(Types.Padding), X64Register.Rax);
        Code.BroadcastConstant(Flip, unchecked((int)0x80808080), X64Register.Rax);
        Code.BroadcastConstant(s_low, Bytes(Types.Low), X64Register.Rax);
        Code.BroadcastConstant(s_high, Bytes(Types.High), X64Register.Rax);
        Code.BroadcastConstant(ZeroPoint, (ushort)Types.OutputZeroPoint * 0x10001, X64Register.Rax);
    }

    protected override void BeginChunk()
    {
    }

    protected override void Tile(ColumnTile tile)
    {
        for (int r = 0; r < Strip.Rows; r++)
            for (int c = 0; c < tile.Columns; c++)
                for (int v = 0; v < _vectors; v++) Code.LoadInt32s(Sum(r, c, v), Panel(v));
        for (int row = 0; row < _seen.Length; row++)
        {
            var rows = _seen[row] ??= Tiling.RowsThatSee(row, Strip.Rows);
            for (int group = 0; group * Int8TapGroups.Width < Tiling.ColumnSpan && rows.Count > 0; group++) Group(tile, row, rows, group);
        }
        var outputs = new (int, int)[Strip.Rows * tile.Columns];
        for (int i = 0; i < outputs.Length; i++) outputs[i] = Math.DivRem(i, tile.Columns);
        Finish(outputs);
    }

    /// <summary>The register of the sums of an output.</summary>
    protected Zmm Sum(int row, int column, int vector) => new((row * Tiling.Columns + column) * _vectors + vector);

    /// <summary>Interleaves four pixels of an input row, of which null ones are padding, and returns the registers.</summary>
    protected abstract Zmm[] Interleave(ReadOnlySpan<X64Address?> pixels);

    /// <summary>Requantizes and stores the outputs of a tile.</summary>
    protected abstract void Finish((int Row, int Column)[] outputs);

    /// <summary>Scales the sums in a register and rounds them.</summary>
    protected void Requantize(Zmm sum, int vector)
    {
        Code.ToFloats(sum, sum);
        Code.Scale(sum, sum, Panel(_vectors + vector));
        Code.ToInt32s(sum, sum);
    }

    /// <summary>
    /// Four registers of requantized sums to bytes in <paramref name="y"/>: in each quarter four of each register. Rounding and bounds
    /// that are whole numbers may change places, so the bounds are those of the bytes.
    /// </summary>
    protected void PackBytes(Zmm y, Zmm second, Zmm third, Zmm fourth)
    {
        Code.PackInt32s(y, y, second);
        Code.PackInt32s(third, third, fourth);
        if (Types.OutputZeroPoint != 0)
        {
            Code.AddInt16sSaturating(y, y, ZeroPoint);
            Code.AddInt16sSaturating(third, third, ZeroPoint);
        }
        Code.PackInt16s(y, y, third, Types.OutputSigned);
        if (Types.Low > (Types.OutputSigned ? sbyte.MinValue : byte.MinValue)) Code.MaxBytes(y, y, s_low, Types.OutputSigned);
        if (Types.High < (Types.OutputSigned ? sbyte.MaxValue : byte.MaxValue)) Code.MinBytes(y, y, s_high, Types.OutputSigned);
    }

    private void Group(ColumnTile tile, int row, List<(int Row, int KernelRow)> rows, int group)
    {
        int first = group * Int8TapGroups.Width, end = Math.Min(first + Int8TapGroups.Width, Tiling.ColumnSpan);
        bool used = false, inside = false;
        foreach (TapGroup taps in _weights.Groups) used |= IsUsed(taps);
        if (!used) return;
        for (int c = first; c < end; c++)
        {
            bool holds = Strip.Holds(row) && tile.Holds(c);
            _pixels[c - first] = holds ? Pixel(row, c) : null;
            inside |= holds;
        }
        Zmm[] inputs = inside ? Interleave(_pixels.AsSpan(0, end - first)) : _padding;
        foreach (var (r, ky) in rows)
            foreach (TapGroup taps in _weights.Groups)
            {
                if (!IsUsed(taps)) continue;
                (int once, int again) = _weights.Place(ky, taps);
                for (int v = 0; v < _vectors; v++) Code.DotProduct(Sum(r, taps.Column, v), inputs[v], Panel((2 + once) * _vectors + v));
                for (int v = 0; v < _vectors && again >= 0; v++) Code.DotProduct(Sum(r, taps.Column, v), inputs[v], Panel((2 + again) * _vectors + v));
            }

        bool IsUsed(TapGroup taps) => taps.Group == group && taps.Column < tile.Columns;
    }
}
