using Edge.Kernels.Dense;

namespace Edge.Kernels.Emit.Depthwise;

/// <summary>
/// float32, 16 channels to a chunk; its panel is the bias, then the weights <c>[kernel rows][kernel columns][16]</c>. Each
/// input pixel of a tile is loaded once and serves all outputs that see it. Every output adds its taps row by row, whatever
/// tile it lies in; padding is left out. <see cref="DepthwiseEmitter.Extra"/> is what
/// <see cref="ResidualAt"/> makes of the distance to the residual, or 0 if there is none.
/// </summary>
internal sealed class DepthwiseF32Emitter : DepthwiseEmitter
{
    public const int Lanes = 16;

    private const int MaxRows = 4, TileColumns = 4;

    private static readonly Zmm s_low = new(31), s_high = new(30), s_input = new(29);

    private readonly Activation _activation;
    private readonly int _lanes;
    private readonly bool _weightsStay;

    /// <param name="tiling">What <see cref="TilingOf"/> returned.</param>
    /// <param name="strip">As for <see cref="DepthwiseEmitter"/>.</param>
    /// <param name="activation">Applied if it is a clamp, else left to the caller.</param>
    /// <param name="lanes">Channels of a chunk that exist; those left out are neither read nor written.</param>
    public DepthwiseF32Emitter(DepthwiseTiling tiling, RowStrip strip, in Activation activation, int lanes)
        : base(tiling, strip, Lanes, sizeof(float), sizeof(float))
    {
        _activation = activation;
        _lanes = lanes;
        _weightsStay = tiling.Rows * tiling.Columns + Taps(tiling.Geometry) <= s_input.Number;
    }

    protected override int PanelBytes => (1 + Taps(Tiling.Geometry)) * VectorBytes;

    private int FirstWeight => Tiling.Rows * Tiling.Columns;

    /// <summary>The largest tiles that the registers hold; null if they hold none, or the code would be too long.</summary>
    public static DepthwiseTiling? TilingOf(in ConvGeometry g)
    {
        for (int rows = Math.Min(MaxRows, g.OutHeight); rows > 0; rows--)
        {
            var tiling = new DepthwiseTiling(g, rows, Math.Min(TileColumns, g.OutWidth));
            int atOnce = Enumerable.Range(0, tiling.InputRow(rows - 1, g.KernelHeight - 1) + 1).Max(i => tiling.RowsThatSee(i, rows).Count);
            int weights = Math.Min(Taps(g), atOnce * g.KernelWidth);
            if (rows * tiling.Columns + weights <= s_input.Number && tiling.IsCompact) return tiling;
        }
        return null;
    }

    /// <summary>How code is told that the residual lies <paramref name="distance"/> bytes, whole floats, behind the output: never as 0.</summary>
    public static nint ResidualAt(nint distance) => distance + 1;

    protected override void LoadConstants()
    {
        if (_lanes < Lanes) Code.SetMask(_lanes);
        if (_activation.Kind is not (ActivationKind.Relu or ActivationKind.Clip)) return;
        (float low, float high) = _activation.Bounds;
        Code.BroadcastConstant(s_low, BitConverter.SingleToInt32Bits(low), X64Register.Rax);
        Code.BroadcastConstant(s_high, BitConverter.SingleToInt32Bits(high), X64Register.Rax);
    }

    protected override void BeginChunk()
    {
        if (!_weightsStay) return;
        for (int tap = 0; tap < Taps(Tiling.Geometry); tap++) Code.LoadFloats(new(FirstWeight + tap), Panel(1 + tap));
    }

    protected override void Tile(ColumnTile tile)
    {
        for (int r = 0; r < Strip.Rows; r++)
            for (int c = 0; c < tile.Columns; c++) Code.LoadFloats(Sum(r, c), Panel(0));
        for (int row = Strip.FirstInput; row < Strip.EndInput; row++)
        {
            var rows = Tiling.RowsThatSee(row, Strip.Rows);
            if (rows.Count > 0) InputRow(tile, row, rows);
        }
        AddResidual(tile);
        Finish(tile);
    }

    private void InputRow(ColumnTile tile, int row, List<(int Row, int KernelRow)> rows)
    {
        int width = Tiling.Geometry.KernelWidth;
        if (!_weightsStay)
            for (int i = 0; i < rows.Count; i++)
                for (int kx = 0; kx < width; kx++) Code.LoadFloats(new(FirstWeight + i * width + kx), Panel(1 + rows[i].KernelRow * width + kx));
        for (int column = tile.FirstInput; column < tile.EndInput; column++)
        {
            var columns = Tiling.ColumnsThatSee(column, tile.Columns);
            if (columns.Count == 0) continue;
            Load(s_input, Pixel(row, column));
            for (int i = 0; i < rows.Count; i++)
                foreach (var (c, kx) in columns)
                    Code.MultiplyAdd(Sum(rows[i].Row, c), s_input, new Zmm(FirstWeight + (_weightsStay ? rows[i].KernelRow : i) * width + kx));
        }
    }

    private void AddResidual(ColumnTile tile)
    {
        Code.Add(Extra, 0);
        int none = Code.JumpIfZero();
        for (int r = 0; r < Strip.Rows; r++)
            for (int c = 0; c < tile.Columns; c++)
            {
                X64Address output = OutPixel(r, c, Extra);
                Load(s_input, output with { Displacement = output.Displacement - (int)ResidualAt(0) });
                Code.AddFloats(Sum(r, c), Sum(r, c), s_input);
            }
        Code.Land(none);
    }

    // A NaN among the sums stays: the instructions return their second operand then.
    private void Finish(ColumnTile tile)
    {
        for (int r = 0; r < Strip.Rows; r++)
            for (int c = 0; c < tile.Columns; c++)
            {
                if (_activation.Kind is ActivationKind.Relu or ActivationKind.Clip) Code.Max(Sum(r, c), s_low, Sum(r, c));
                if (_activation.Kind is ActivationKind.Clip) Code.Min(Sum(r, c), s_high, Sum(r, c));
                if (_lanes < Lanes) Code.StoreFloatsMasked(OutPixel(r, c), Sum(r, c));
                else Code.StoreFloats(OutPixel(r, c), Sum(r, c));
            }
    }

    private void Load(Zmm to, X64Address from)
    {
        if (_lanes < Lanes) Code.LoadFloatsMasked(to, from);
        else Code.LoadFloats(to, from);
    }

    private Zmm Sum(int row, int column) => new(row * Tiling.Columns + column);

    private static int Taps(in ConvGeometry g) => g.KernelHeight * g.KernelWidth;
}
