using Edge.Kernels.Generic.Gemm;
using static Edge.Kernels.Emit.X64Register;

namespace Edge.Kernels.Emit;

/// <summary>
/// Writes register tiles for 512-bit vectors, as <see cref="Tile{TTile,TAcc,TB,TX}"/> defines them: every
/// accumulator has a register of its own and there is a tile for each number of rows, so that none is computed in vain.
/// Called with the address of <see cref="TileArguments"/> by the System V convention. Tiles that follow each
/// other run without a return between them, so that the end of one overlaps the beginning of the next.
/// </summary>
/// <remarks>
/// Rows are found by a table, and every row has its address in a register; or they are equidistant, and one register holds
/// the first one's address, others multiples of the distance that the scales of an address do not reach.
/// </remarks>
internal abstract class TileEmitter
{
    /// <summary>Rows of the largest tile: as many as there are registers for their addresses.</summary>
    public const int MaxRows = 12;

    /// <summary>Steps of 4 bytes that one turn of the inner loop takes.</summary>
    private const int Unroll = 4;

    private const int VectorBytes = 64;

    // [rsp] holds the arguments' address, behind it what the loops compare with and count.
    private const int ArgumentsSlot = 0, TapsSlot = 8, EndSlot = 16, LastTurnSlot = 24, StartSlot = 32, OutputSlot = 40, TilesSlot = 48, OffsetSlot = 56, AheadStepSlot = 80, RowTermsSlot = 88, TableSlot = 96;

    /// <summary>16 bytes for constants on their way to a vector register.</summary>
    protected const int ConstantSlot = 64;

    private const int FrameBytes = 104;

    /// <summary>Bytes by which a single row, which uses weights once, fetches them ahead: enough for the latency of memory.</summary>
    private const int AheadOfSingleRow = 4096;

    private static readonly X64Register[] s_rows = [Rax, Rcx, Rdx, Rsi, Rdi, R8, R9, R10, R11, Rbx, Rbp, R12];
    private static readonly X64Register[] s_saved = [Rbx, Rbp, R12, R13, R14, R15];

    /// <summary>Odd multiples of the distance, from 1 on: with scales of 1, 2, 4 and 8 they reach rows 1 to 11.</summary>
    private static readonly X64Register[] s_multiples = [Rcx, Rdx, Rsi, Rdi, R8, R9];

    private readonly bool _equidistant;

    /// <param name="rows">1 to <see cref="MaxRows"/>.</param>
    /// <param name="vectors">Vectors of a row: 2, or 1 for the left half.</param>
    /// <param name="variant">How rows are found and columns stored.</param>
    protected TileEmitter(int rows, int vectors, TileVariant variant)
    {
        Masked = variant.HasFlag(TileVariant.Masked);
        Rows = rows;
        Vectors = vectors;
        _equidistant = variant.HasFlag(TileVariant.Equidistant);
        // Sums that wait for each other are slow: few rows get several sets of accumulators. Tiles of more than half of the rows have the same
        // number of sets, and so the same order of sums, which RowTiles.MayBe counts on.
        Sets = rows * vectors <= 6 ? Unroll : rows * vectors <= 12 ? 2 : 1;
    }

    /// <summary>Of a row's last vector only the elements of <see cref="TileArguments.ColumnMask"/> are stored.</summary>
    protected bool Masked { get; }

    protected X64Assembler Code { get; } = new();

    protected int Rows { get; }

    protected int Vectors { get; }

    /// <summary>Sets of accumulators, which take turns and are added up in the end.</summary>
    protected int Sets { get; }

    /// <summary>First register behind the accumulators.</summary>
    protected int Free => Sets * Rows * Vectors;

    /// <summary>Outside of the inner loops: where the arguments lie.</summary>
    protected static X64Register Arguments => Rbx;

    /// <summary>In <see cref="Store"/>: the output row, and the distance to the next one.</summary>
    protected static X64Register Output => Rbp;

    protected static X64Register OutputStride => R12;

    /// <summary>Free outside of the inner loops.</summary>
    protected static X64Register Scratch => R11;

    /// <summary>Counts within a tap in the inner loops, free outside of them.</summary>
    protected static X64Register Position => R13;

    private static X64Register Panel => R14;

    /// <summary>What is fetched for later.</summary>
    private static X64Register Ahead => R15;

    /// <summary>Where the next tap's addresses are, between taps only.</summary>
    private static X64Register Table => Position;

    public byte[] Emit()
    {
        Enter();
        LoadConstants();
        Code.Align(16);
        int tile = Code.Position;
        Begin();
        if (Rows == 1) LoopsOfSingleRow();
        else Loops(fetches: false);
        AddSets();
        Finish();
        Code.Decrement(new(Rsp, TilesSlot));
        Code.JumpIfNotNegative(tile);
        Leave();
        return Code.ToArray();
    }

    /// <summary>The accumulator of a row and vector.</summary>
    protected Zmm Sum(int row, int vector, int set = 0) => new(((set * Rows) + row) * Vectors + vector);

    /// <summary>Loads what stays in registers, which lie behind <see cref="Free"/>, the weights and one more.</summary>
    protected abstract void LoadConstants();

    /// <summary>Whether a vector's store is masked.</summary>
    protected bool IsMasked(int vector) => Masked && vector == Vectors - 1;

    /// <summary>The mask of the last vector, where its elements are stored one by one.</summary>
    protected void LoadVectorMask()
    {
        if (Masked) Code.LoadMask16(new(Arguments, TileOffsets.ColumnMask + 2 * (Vectors - 1)));
    }

    /// <summary>The mask of a whole row of bytes.</summary>
    protected void LoadRowMask()
    {
        if (Masked) Code.LoadMask32(new(Arguments, TileOffsets.ColumnMask));
    }

    protected abstract void LoadInit(Zmm to, X64Address from);

    protected abstract void LoadWeights(Zmm to, X64Address from);

    /// <summary>Four bytes of A in every lane.</summary>
    protected abstract void Broadcast(Zmm to, X64Address from);

    protected abstract void MultiplyAdd(Zmm sum, Zmm a, Zmm b);

    protected abstract void Add(Zmm to, Zmm from);

    /// <summary>Turns the sums into the output's rows, the first of which lies at <see cref="Output"/>, and moves it behind the last one.</summary>
    protected abstract void Store();

    private void Enter()
    {
        foreach (var r in s_saved) Code.Push(r);
        Code.Add(Rsp, -FrameBytes);
        Code.Move(Arguments, Rdi);
        Code.Store(new(Rsp, ArgumentsSlot), Arguments);
        Copy(TileOffsets.FurtherTiles, TilesSlot);
        Copy(TileOffsets.Y, OutputSlot);
        Copy(TileOffsets.RowTerms, RowTermsSlot);
        Copy(TileOffsets.Start, StartSlot);
        Copy(TileOffsets.End, EndSlot);
        Code.Add(Rax, -4 * Unroll);
        Code.Store(new(Rsp, LastTurnSlot), Rax);
        if (_equidistant) Copy(TileOffsets.Start, OffsetSlot);
        else Copy(TileOffsets.Rows, TableSlot);
        Copy(TileOffsets.AheadStep, AheadStepSlot);
        Code.Load(Ahead, new(Arguments, TileOffsets.Ahead));

        void Copy(int argument, int slot)
        {
            Code.Load(Rax, new(Arguments, argument));
            Code.Store(new(Rsp, slot), Rax);
        }
    }

    private void Begin()
    {
        Code.Load(Arguments, new(Rsp, ArgumentsSlot));
        Code.Load(Panel, new(Arguments, TileOffsets.Panel));
        Code.Load(Rax, new(Arguments, TileOffsets.Taps));
        Code.Store(new(Rsp, TapsSlot), Rax);
        Code.Load(Rcx, new(Arguments, TileOffsets.Init));
        Code.Load(Rdx, new(Arguments, TileOffsets.InitStride));
        for (int r = 0; r < Rows; r++)
        {
            for (int v = 0; v < Vectors; v++) LoadInit(Sum(r, v), new(Rcx, v * VectorBytes));
            if (r + 1 < Rows) Code.Add(Rcx, Rdx);
        }

        Code.Load(Rcx, new(Rsp, RowTermsSlot));
        TakeRowTerms();
        for (int set = 1; set < Sets; set++)
            for (int r = 0; r < Rows; r++)
                for (int v = 0; v < Vectors; v++) Code.Xor(Sum(r, v, set), Sum(r, v, set), Sum(r, v, set));
        if (_equidistant) LoadMultiples();
    }

    /// <summary>Takes the row terms at rcx, if it is not null, off the initial accumulators, and keeps where the next tile's are.</summary>
    private void TakeRowTerms()
    {
        Code.TestZero(Rcx);
        int none = Code.JumpIfZero();
        Code.Load(Rdx, new(Arguments, TileOffsets.ColumnFactors));
        Zmm term = new(Free + Vectors), product = new(Free);
        for (int r = 0; r < Rows; r++)
        {
            Code.BroadcastInt32(term, new(Rcx, 4 * r));
            for (int v = 0; v < Vectors; v++)
            {
                Code.MultiplyInt32s(product, term, new(Rdx, v * VectorBytes));
                Code.SubtractInt32s(Sum(r, v), Sum(r, v), product);
            }
        }

        Code.Add(Rcx, 4 * Rows);
        Code.Store(new(Rsp, RowTermsSlot), Rcx);
        Code.Land(none);
    }

    private void LoadMultiples()
    {
        if (Rows == 1) return;
        Code.Load(s_multiples[0], new(Arguments, TileOffsets.RowStride));
        for (int i = 1; 2 * i + 1 < Rows; i++) Code.LoadAddress(s_multiples[i], new(s_multiples[i - 1], 0, s_multiples[0], 2));
    }

    /// <summary>A single row uses its weights once: those that come from beyond the cache are fetched ahead of their use.</summary>
    private void LoopsOfSingleRow()
    {
        Code.Load(Rcx, new(Arguments, TileOffsets.Streams));
        Code.TestZero(Rcx);
        int cached = Code.JumpIfZero();
        Loops(fetches: true);
        int end = Code.Jump();
        Code.Land(cached);
        Loops(fetches: false);
        Code.Land(end);
    }

    private void Loops(bool fetches)
    {
        if (_equidistant)
        {
            Code.Load(Table, new(Arguments, TileOffsets.Rows));
            Code.Store(new(Rsp, TableSlot), Table);
        }

        Code.Align(16);
        int tap = Code.Position;
        Code.Load(Table, new(Rsp, TableSlot));
        if (_equidistant)
        {
            Code.Load(Rax, new(Table));
            Code.Add(Rax, new X64Address(Rsp, OffsetSlot));
            Code.Add(Table, 8);
        }
        else
        {
            for (int r = 0; r < Rows; r++) Code.Load(s_rows[r], new(Table, 8 * r));
            Code.Add(Table, 8 * Rows);
        }

        Code.Store(new(Rsp, TableSlot), Table);
        Code.Load(Position, new(Rsp, StartSlot));
        Code.Compare(Position, new(Rsp, LastTurnSlot));
        int few = Code.JumpIfGreater();
        Code.Align(32);
        int turn = Code.Position;
        for (int s = 0; s < Unroll; s++) Step(s, fetches);
        Advance(Unroll);
        for (int line = 0; line < (Rows == 1 ? 1 : TileArguments.LinesAhead); line++) Code.PrefetchToSecondLevel(new(Ahead, line * TileArguments.LineBytes));
        Code.Add(Ahead, new X64Address(Rsp, AheadStepSlot));
        Code.Compare(Position, new(Rsp, LastTurnSlot));
        Code.JumpIfNotGreater(turn);
        Code.Land(few);

        Code.Compare(Position, new(Rsp, EndSlot));
        int none = Code.JumpIfNotLess();
        int single = Code.Position;
        Step(0, fetches);
        Advance(1);
        Code.Compare(Position, new(Rsp, EndSlot));
        Code.JumpIfLess(single);
        Code.Land(none);

        Code.Decrement(new(Rsp, TapsSlot));
        Code.JumpIfNotZero(tap);
    }

    private void Advance(int steps)
    {
        Code.Add(Panel, steps * Vectors * VectorBytes);
        Code.Add(Position, 4 * steps);
        if (_equidistant) Code.Add(Rax, 4 * steps);
    }

    private void Step(int step, bool fetches)
    {
        for (int v = 0; v < Vectors; v++) LoadWeights(new(Free + v), new(Panel, (step * Vectors + v) * VectorBytes));
        for (int v = 0; v < Vectors && fetches; v++) Code.Prefetch(new(Panel, (step * Vectors + v) * VectorBytes + AheadOfSingleRow));
        for (int r = 0; r < Rows; r++)
        {
            var a = new Zmm(Free + Vectors);
            Broadcast(a, RowAddress(r, 4 * step));
            for (int v = 0; v < Vectors; v++) MultiplyAdd(Sum(r, v, step % Sets), a, new(Free + v));
        }
    }

    private X64Address RowAddress(int row, int displacement)
    {
        if (!_equidistant) return new(s_rows[row], displacement, Position);
        if (row == 0) return new(Rax, displacement);
        int scale = 1;
        while (row % 2 == 0)
        {
            row /= 2;
            scale *= 2;
        }

        return new(Rax, displacement, s_multiples[row / 2], scale);
    }

    private void AddSets()
    {
        for (int set = 1; set < Sets; set++)
            for (int r = 0; r < Rows; r++)
                for (int v = 0; v < Vectors; v++) Add(Sum(r, v), Sum(r, v, set));
    }

    private void Finish()
    {
        Code.Load(Arguments, new(Rsp, ArgumentsSlot));
        Code.Load(Output, new(Rsp, OutputSlot));
        Code.Load(OutputStride, new(Arguments, TileOffsets.YStride));
        Store();
        Code.Store(new(Rsp, OutputSlot), Output);
        if (!_equidistant) return;
        // The next tile's rows.
        Code.Load(Rax, new(Arguments, TileOffsets.RowStride));
        Code.Move(Rcx, Rax);
        for (int r = 1; r < Rows; r++) Code.Add(Rcx, Rax);
        Code.Add(Rcx, new X64Address(Rsp, OffsetSlot));
        Code.Store(new(Rsp, OffsetSlot), Rcx);
    }

    private void Leave()
    {
        Code.ZeroUpper();
        Code.Add(Rsp, FrameBytes);
        foreach (var r in s_saved.Reverse()) Code.Pop(r);
        Code.Return();
    }
}
