using static Edge.Kernels.Emit.X64Register;

namespace Edge.Kernels.Emit;

/// <summary>
/// Writes register tiles for 512-bit vectors, as <see cref="Generic.Gemm.Tile{TTile,TAcc,TB,TX}"/> defines them: every
/// accumulator has a register of its own, every row its address in another, and there is a tile for each number of rows, so
/// that none is computed in vain. Called with the address of <see cref="Generic.Gemm.TileArguments"/> by the System V
/// convention.
/// </summary>
internal abstract class TileEmitter
{
    /// <summary>Rows of the largest tile: as many as there are registers for their addresses.</summary>
    public const int MaxRows = 12;

    /// <summary>Steps of 4 bytes that one turn of the inner loop takes.</summary>
    private const int Unroll = 4;

    private const int VectorBytes = 64;

    // [rsp] holds the arguments' address, behind it what the loops compare with.
    private const int ArgumentsSlot = 0, TapsSlot = 8, EndSlot = 16, LastTurnSlot = 24, StartSlot = 32, FrameBytes = 40;

    private static readonly X64Register[] s_rows = [Rax, Rcx, Rdx, Rsi, Rdi, R8, R9, R10, R11, Rbx, Rbp, R12];
    private static readonly X64Register[] s_saved = [Rbx, Rbp, R12, R13, R14, R15];

    /// <param name="rows">1 to <see cref="MaxRows"/>.</param>
    /// <param name="vectors">Vectors of a row: 2, or 1 for the left half.</param>
    protected TileEmitter(int rows, int vectors)
    {
        Rows = rows;
        Vectors = vectors;
        // Sums that wait for each other are slow: few rows get several sets of accumulators.
        Sets = rows * vectors <= 6 ? Unroll : rows * vectors <= 12 ? 2 : 1;
    }

    protected X64Assembler Code { get; } = new();

    protected int Rows { get; }

    protected int Vectors { get; }

    /// <summary>Sets of accumulators, which take turns and are added up in the end.</summary>
    protected int Sets { get; }

    /// <summary>First register behind the accumulators.</summary>
    protected int Free => Sets * Rows * Vectors;

    private static X64Register Position => R13;

    private static X64Register Panel => R14;

    private static X64Register Table => R15;

    public byte[] Emit()
    {
        Enter();
        Begin();
        Loops();
        AddSets();
        Store();
        Leave();
        return Code.ToArray();
    }

    /// <summary>The accumulator of a row and vector.</summary>
    protected Zmm Sum(int row, int vector, int set = 0) => new(((set * Rows) + row) * Vectors + vector);

    /// <summary>Loads what stays in registers during the loops; rax holds the arguments' address.</summary>
    protected abstract void LoadConstants();

    protected abstract void LoadInit(Zmm to, X64Address from);

    protected abstract void LoadWeights(Zmm to, X64Address from);

    /// <summary>Four bytes of A in every lane.</summary>
    protected abstract void Broadcast(Zmm to, X64Address from);

    protected abstract void MultiplyAdd(Zmm sum, Zmm a, Zmm b);

    protected abstract void Add(Zmm to, Zmm from);

    /// <summary>Loads what <see cref="Finish"/> needs; rax holds the arguments' address.</summary>
    protected abstract void LoadFinish();

    /// <summary>Turns a sum into the output's elements, which begin at rcx for vector 0.</summary>
    protected abstract void Finish(Zmm sum, int vector);

    private void Enter()
    {
        foreach (var r in s_saved) Code.Push(r);
        Code.Add(Rsp, -FrameBytes);
        Code.Store(new(Rsp, ArgumentsSlot), Rdi);
        Code.Load(Rax, new(Rdi, TileOffsets.Taps));
        Code.Store(new(Rsp, TapsSlot), Rax);
        Code.Load(Rax, new(Rdi, TileOffsets.Start));
        Code.Store(new(Rsp, StartSlot), Rax);
        Code.Load(Rax, new(Rdi, TileOffsets.End));
        Code.Store(new(Rsp, EndSlot), Rax);
        Code.Add(Rax, -4 * Unroll);
        Code.Store(new(Rsp, LastTurnSlot), Rax);
        Code.Load(Panel, new(Rdi, TileOffsets.Panel));
        Code.Load(Table, new(Rdi, TileOffsets.Rows));
    }

    private void Begin()
    {
        Code.Move(Rax, Rdi);
        LoadConstants();
        Code.Load(Rcx, new(Rax, TileOffsets.Init));
        Code.Load(Rdx, new(Rax, TileOffsets.InitStride));
        for (int r = 0; r < Rows; r++)
        {
            for (int v = 0; v < Vectors; v++) LoadInit(Sum(r, v), new(Rcx, v * VectorBytes));
            if (r + 1 < Rows) Code.Add(Rcx, Rdx);
        }

        for (int set = 1; set < Sets; set++)
            for (int r = 0; r < Rows; r++)
                for (int v = 0; v < Vectors; v++) Code.Xor(Sum(r, v, set), Sum(r, v, set), Sum(r, v, set));
    }

    private void Loops()
    {
        Code.Align(16);
        int tap = Code.Position;
        for (int r = 0; r < Rows; r++) Code.Load(s_rows[r], new(Table, 8 * r));
        Code.Add(Table, 8 * Rows);
        Code.Load(Position, new(Rsp, StartSlot));

        Code.Compare(Position, new(Rsp, LastTurnSlot));
        int few = Code.JumpIfGreater();
        Code.Align(32);
        int turn = Code.Position;
        for (int s = 0; s < Unroll; s++) Step(s);
        Code.Add(Panel, Unroll * Vectors * VectorBytes);
        Code.Add(Position, 4 * Unroll);
        Code.Compare(Position, new(Rsp, LastTurnSlot));
        Code.JumpIfNotGreater(turn);
        Code.Land(few);

        Code.Compare(Position, new(Rsp, EndSlot));
        int none = Code.JumpIfNotLess();
        int single = Code.Position;
        Step(0);
        Code.Add(Panel, Vectors * VectorBytes);
        Code.Add(Position, 4);
        Code.Compare(Position, new(Rsp, EndSlot));
        Code.JumpIfLess(single);
        Code.Land(none);

        Code.Decrement(new(Rsp, TapsSlot));
        Code.JumpIfNotZero(tap);
    }

    private void Step(int step)
    {
        for (int v = 0; v < Vectors; v++) LoadWeights(new(Free + v), new(Panel, (step * Vectors + v) * VectorBytes));
        for (int r = 0; r < Rows; r++)
        {
            var a = new Zmm(Free + Vectors);
            Broadcast(a, new(s_rows[r], 4 * step, Position));
            for (int v = 0; v < Vectors; v++) MultiplyAdd(Sum(r, v, step % Sets), a, new(Free + v));
        }
    }

    private void AddSets()
    {
        for (int set = 1; set < Sets; set++)
            for (int r = 0; r < Rows; r++)
                for (int v = 0; v < Vectors; v++) Add(Sum(r, v), Sum(r, v, set));
    }

    private void Store()
    {
        Code.Load(Rax, new(Rsp, ArgumentsSlot));
        LoadFinish();
        Code.Load(Rcx, new(Rax, TileOffsets.Y));
        Code.Load(Rdx, new(Rax, TileOffsets.YStride));
        for (int r = 0; r < Rows; r++)
        {
            for (int v = 0; v < Vectors; v++) Finish(Sum(r, v), v);
            if (r + 1 < Rows) Code.Add(Rcx, Rdx);
        }
    }

    private void Leave()
    {
        Code.ZeroUpper();
        Code.Add(Rsp, FrameBytes);
        foreach (var r in s_saved.Reverse()) Code.Pop(r);
        Code.Return();
    }
}
