using Edge.Kernels.Generic.Gemm;
using static Edge.Kernels.Emit.A64Register;

namespace Edge.Kernels.Emit;

/// <summary>
/// Writes int8 register tiles with SMMLA and USMMLA, which multiply two rows of 8 bytes with two columns of 8 and add to an
/// accumulator of 2 × 2 int32, exactly. Six rows by 16 columns are 24 accumulators; the other eight registers hold A and B.
/// A step takes 8 bytes of each row, panels hold <c>[steps][columns][8]</c>. Called with the address of
/// <see cref="TileArguments"/> by the Procedure Call Standard; the arguments are changed on the way.
/// </summary>
/// <remarks>
/// All rows begin with the same values (<see cref="TileArguments.InitStride"/> is 0), as <see cref="Int8Finish"/> has it
/// for tiles that take row terms themselves. Of an odd number of rows the last pair's second row is computed of whatever its
/// register holds, and not stored.
/// </remarks>
internal sealed class I8mmTileEmitter
{
    public const int MaxRows = 6;

    /// <summary>Rows of a pair.</summary>
    public const int RowGranule = 2;

    /// <summary>NR.</summary>
    public const int Columns = 16;

    /// <summary>Bytes of a row, and of a column, that one instruction takes.</summary>
    public const int StepBytes = 8;

    private const int FirstFree = 24, Registers = 32, FirstSaved = 8, BehindSaved = 16;

    private const A64Register Arguments = X0, Position = X7, End = X8, LastTurn = X9, Panel = X10, Taps = X11, Table = X12, RowStride = X13, Tiles = X14, Output = X15;
    private const A64Register Scratch = X16, Scratch2 = X17;

    // Outside of the inner loops the rows' registers are free.
    private const A64Register ColumnCount = X1, Store = X2, OutputStride = X3;

    private readonly A64Assembler _code = new();
    private readonly int _rows, _rowPairs, _columnPairs;
    private readonly bool _equidistant, _masked, _inputSigned, _toBytes;

    /// <param name="rows">1 to <see cref="MaxRows"/>.</param>
    /// <param name="variant">How rows are found, and which columns are stored.</param>
    /// <param name="inputSigned">A is int8, else uint8.</param>
    /// <param name="result">What is stored.</param>
    public I8mmTileEmitter(int rows, TileVariant variant, bool inputSigned, Int8TileResult result)
    {
        _rows = rows;
        _rowPairs = (rows + 1) / 2;
        _columnPairs = (variant.HasFlag(TileVariant.LeftHalf) ? Columns / 2 : Columns) / 2;
        _equidistant = variant.HasFlag(TileVariant.Equidistant);
        _masked = variant.HasFlag(TileVariant.Masked);
        _inputSigned = inputSigned;
        _toBytes = result != Int8TileResult.Int32;
    }

    private int Sums => _rowPairs * _columnPairs;

    public byte[] Emit()
    {
        for (int v = FirstSaved; v < Math.Min(Sums, BehindSaved); v += 2) _code.PushHalves(new(v), new(v + 1), 16);
        _code.Load(Tiles, Arguments, TileOffsets.FurtherTiles);
        _code.Load(Output, Arguments, TileOffsets.Y);
        _code.Load(Table, Arguments, TileOffsets.Rows);
        _code.Load(RowStride, Arguments, TileOffsets.RowStride);
        _code.Align(16);
        int tile = _code.Position;
        Begin();
        Loops();
        Finish();
        _code.SubtractAndTest(Tiles, 1);
        _code.JumpIf(A64Condition.NotNegative, tile);
        for (int v = (Math.Min(Sums, BehindSaved) - 1) & ~1; v >= FirstSaved; v -= 2) _code.PopHalves(new(v), new(v + 1), 16);
        _code.Return();
        return _code.ToArray();
    }

    /// <summary>Rows 2i and 2i + 1, columns 2j and 2j + 1.</summary>
    private A64Vector Sum(int rowPair, int columnPair) => new(rowPair * _columnPairs + columnPair);

    private static A64Vector Free(int index) => new(FirstFree + index);

    private void Begin()
    {
        _code.Load(Panel, Arguments, TileOffsets.Panel);
        _code.Load(Taps, Arguments, TileOffsets.Taps);
        _code.Load(End, Arguments, TileOffsets.End);
        _code.Add(LastTurn, End, -2 * StepBytes);
        if (_equidistant) _code.Load(Table, Arguments, TileOffsets.Rows);
        _code.Load(Scratch, Arguments, TileOffsets.Init);
        for (int j = 0; j < _columnPairs; j++)
        {
            _code.RepeatHalfAndStep(Sum(0, j), Scratch);
            for (int i = 1; i < _rowPairs; i++) _code.Move(Sum(i, j), Sum(0, j));
        }

        TakeRowTerms();
    }

    /// <summary>Takes the products of row terms and column factors off, if there are any, and keeps where the next tile's terms are.</summary>
    private void TakeRowTerms()
    {
        _code.Load(Scratch, Arguments, TileOffsets.RowTerms);
        A64Jump none = _code.JumpIfZero(Scratch);
        _code.Load(Scratch2, Arguments, TileOffsets.ColumnFactors);
        for (int i = 0; i < _rowPairs; i++)
        {
            if (2 * i + 1 < _rows) _code.LoadHalf(Free(i), Scratch, 8 * i);
            else _code.LoadQuarter(Free(i), Scratch, 8 * i);
            _code.InterleaveLowInt32s(Free(i), Free(i), Free(i));
        }

        A64Vector factors = Free(_rowPairs);
        for (int j = 0; j < _columnPairs; j++)
        {
            _code.RepeatHalfAndStep(factors, Scratch2);
            for (int i = 0; i < _rowPairs; i++) _code.MultiplySubtract(Sum(i, j), Free(i), factors);
        }

        _code.Add(Scratch, Scratch, 4 * _rows);
        _code.Store(Scratch, Arguments, TileOffsets.RowTerms);
        _code.Land(none);
    }

    private void Loops()
    {
        _code.Align(16);
        int tap = _code.Position;
        LoadRowAddresses();
        _code.Load(Position, Arguments, TileOffsets.Start);
        _code.Compare(Position, LastTurn);
        A64Jump few = _code.JumpIf(A64Condition.Greater);
        _code.Align(32);
        int turn = _code.Position;
        TwoSteps();
        _code.Add(Panel, Panel, 2 * _columnPairs * 16);
        _code.Add(Position, Position, 2 * StepBytes);
        _code.Compare(Position, LastTurn);
        _code.JumpIf(A64Condition.NotGreater, turn);
        _code.Land(few);

        // The number of bytes is a multiple of a step's: one is left at most.
        _code.Compare(Position, End);
        A64Jump none = _code.JumpIf(A64Condition.NotLess);
        OneStep();
        _code.Add(Panel, Panel, _columnPairs * 16);
        _code.Land(none);

        _code.SubtractAndTest(Taps, 1);
        _code.JumpIf(A64Condition.NotEqual, tap);
    }

    private static A64Register Row(int row) => X1 + row;

    private void LoadRowAddresses()
    {
        if (_equidistant)
        {
            _code.LoadAndStep(Row(0), Table, 8);
            for (int r = 1; r < _rows; r++) _code.Add(Row(r), Row(r - 1), RowStride);
        }
        else
        {
            for (int r = 0; r < _rows; r++) _code.LoadAndStep(Row(r), Table, 8);
        }
    }

    /// <summary>16 bytes of each row; the halves of two rows make the operands of both steps.</summary>
    private void TwoSteps()
    {
        for (int r = 0; r < _rows; r++) _code.Load(Free(r), Row(r), Position);
        var free = new Queue<A64Vector>(Enumerable.Range(FirstFree + _rows, Registers - FirstFree - _rows).Select(v => new A64Vector(v)));
        var first = new A64Vector[_rowPairs];
        var second = new A64Vector[_rowPairs];
        for (int i = 0; i < _rowPairs; i++)
        {
            A64Vector upper = Free(2 * i), spare = free.Dequeue();
            if (2 * i + 1 < _rows)
            {
                A64Vector lower = Free(2 * i + 1);
                _code.JoinLowHalves(spare, upper, lower);
                _code.JoinHighHalves(lower, upper, lower);
                (first[i], second[i]) = (spare, lower);
                free.Enqueue(upper);
            }
            else
            {
                _code.JoinHighHalves(spare, upper, upper);
                (first[i], second[i]) = (upper, spare);
            }
        }

        Multiply(first, 0, free);
        foreach (A64Vector a in first) free.Enqueue(a);
        Multiply(second, _columnPairs * 16, free);
    }

    private void OneStep()
    {
        var a = new A64Vector[_rowPairs];
        for (int i = 0; i < _rowPairs; i++)
        {
            a[i] = Free(2 * i);
            _code.LoadHalf(a[i], Row(2 * i), Position);
            if (2 * i + 1 == _rows) continue;
            _code.LoadHalf(Free(2 * i + 1), Row(2 * i + 1), Position);
            _code.JoinLowHalves(a[i], a[i], Free(2 * i + 1));
        }

        Multiply(a, 0, new(Enumerable.Range(FirstFree, Registers - FirstFree).Select(v => new A64Vector(v)).Except(a)));
    }

    /// <summary>A step of all rows and columns; weights go through those registers that <paramref name="free"/> names, in turn.</summary>
    private void Multiply(A64Vector[] a, int offset, Queue<A64Vector> free)
    {
        for (int j = 0; j < _columnPairs; j += 2)
        {
            A64Vector[] b = [free.Dequeue(), free.Dequeue()];
            _code.LoadPair(b[0], b[1], Panel, offset + 16 * j);
            for (int n = 0; n < 2; n++)
            {
                for (int i = 0; i < _rowPairs; i++)
                {
                    if (_inputSigned) _code.MultiplySigned(Sum(i, j + n), a[i], b[n]);
                    else _code.MultiplyUnsigned(Sum(i, j + n), a[i], b[n]);
                }

                free.Enqueue(b[n]);
            }
        }
    }

    private void Finish()
    {
        if (_masked)
        {
            _code.Load(ColumnCount, Arguments, TileOffsets.ColumnMask);
            _code.CountLeadingZeros(ColumnCount, ColumnCount);
            _code.Set(Scratch, 64);
            _code.Subtract(ColumnCount, Scratch, ColumnCount);
        }

        _code.Load(OutputStride, Arguments, TileOffsets.YStride);
        if (_toBytes) Requantize();
        for (int i = 0; i < _rowPairs; i++)
        {
            if (_toBytes) JoinBytes(i);
            else JoinInt32s(i);
            StoreRow(0);
            if (2 * i + 1 < _rows) StoreRow(1);
        }

        if (_equidistant) MoveToNextTile();
    }

    /// <summary>All sums become bytes, each in the lowest 8 bits of its lane.</summary>
    private void Requantize()
    {
        A64Vector scale = Free(0), low = Free(1), high = Free(2), zeroPoint = Free(3);
        Repeat(low, TileOffsets.Low);
        Repeat(high, TileOffsets.High);
        Repeat(zeroPoint, TileOffsets.ZeroPoint);
        _code.Load(Scratch, Arguments, TileOffsets.Scale);
        for (int j = 0; j < _columnPairs; j++)
        {
            _code.RepeatHalfAndStep(scale, Scratch);
            ForSums(j, s => _code.ToFloats(s, s));
            ForSums(j, s => _code.Multiply(s, s, scale));
            ForSums(j, s => _code.Max(s, s, low));
            ForSums(j, s => _code.Min(s, s, high));
            ForSums(j, s => _code.Round(s, s));
            ForSums(j, s => _code.Add(s, s, zeroPoint));
        }

        void Repeat(A64Vector to, int offset)
        {
            _code.Add(Scratch2, Arguments, offset);
            _code.RepeatInt32(to, Scratch2);
        }

        void ForSums(int columnPair, Action<A64Vector> write)
        {
            for (int i = 0; i < _rowPairs; i++) write(Sum(i, columnPair));
        }
    }

    /// <summary>Where row 0 or 1 of the current pair is put together, 16 bytes a register.</summary>
    private static A64Vector Part(int row, int part) => Free(4 * row + part);

    /// <summary>
    /// Narrows twice, always two columns of row 2i beside two of row 2i + 1, so that in the end the even words are one row and
    /// the odd words the other.
    /// </summary>
    private void JoinBytes(int i)
    {
        for (int j = 0; j < _columnPairs; j += 2) _code.EvenWords(Sum(i, j), Sum(i, j), Sum(i, j + 1));
        for (int j = 0; j < _columnPairs; j += 4) _code.EvenBytes(Sum(i, j), Sum(i, j), Sum(i, j + 2));
        A64Vector left = Sum(i, 0), right = Sum(i, _columnPairs - 4);
        _code.EvenWords(Part(0, 0), left, right);
        _code.OddWords(Part(1, 0), left, right);
    }

    private void JoinInt32s(int i)
    {
        for (int j = 0; j < _columnPairs; j += 2)
        {
            _code.JoinLowHalves(Part(0, j / 2), Sum(i, j), Sum(i, j + 1));
            _code.JoinHighHalves(Part(1, j / 2), Sum(i, j), Sum(i, j + 1));
        }
    }

    /// <summary>Stores a row that was put together, and moves <see cref="Output"/> to the next.</summary>
    private void StoreRow(int row)
    {
        int elementBytes = _toBytes ? 1 : 4, bytes = 2 * _columnPairs * elementBytes;
        if (_masked) StorePart(row, elementBytes);
        else if (bytes == 8) _code.StoreHalf(Part(row, 0), Output, 0);
        else for (int at = 0; at < bytes; at += 16) _code.Store(Part(row, at / 16), Output, at);
        _code.Add(Output, Output, OutputStride);
    }

    /// <summary>As many columns as <see cref="ColumnCount"/> says, which are fewer than all: half of them if its bit says so, then half as many, and so on.</summary>
    private void StorePart(int row, int elementBytes)
    {
        _code.Move(Store, Output);
        int parts = Math.Max(2 * _columnPairs * elementBytes / 16, 1);
        for (int columns = _columnPairs; columns > 0; columns /= 2)
        {
            int bytes = columns * elementBytes;
            A64Jump none = _code.JumpIfBitClear(ColumnCount, System.Numerics.BitOperations.Log2((uint)columns));
            for (int at = 0; at < bytes; at += 16) _code.StoreAndStep(Part(row, at / 16), Store, Math.Min(bytes, 16));
            // What follows moves to the front.
            parts /= 2;
            if (bytes >= 16) for (int p = 0; p < parts; p++) _code.Move(Part(row, p), Part(row, p + bytes / 16));
            else if (columns > 1) _code.Extract(Part(row, 0), Part(row, 0), Part(row, 0), bytes);
            _code.Land(none);
        }
    }

    /// <summary>The rows that follow lie so much further.</summary>
    private void MoveToNextTile()
    {
        _code.Move(Scratch, RowStride);
        for (int r = 1; r < _rows; r++) _code.Add(Scratch, Scratch, RowStride);
        foreach (int argument in (int[])[TileOffsets.Start, TileOffsets.End])
        {
            _code.Load(Scratch2, Arguments, argument);
            _code.Add(Scratch2, Scratch2, Scratch);
            _code.Store(Scratch2, Arguments, argument);
        }
    }
}
