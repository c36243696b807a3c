namespace Edge.Kernels.Emit;

/// <summary>Vector instructions: 128 bits unless they say otherwise.</summary>
internal sealed partial class A64Assembler
{
    /// <summary><c>to = [at + index]</c>.</summary>
    public void Load(A64Vector to, A64Register at, A64Register index) => Write(0x3CE06800, to.Number, at, (uint)index << 16);

    /// <summary><c>to = [at + index]</c>, 8 bytes; the upper half becomes zero.</summary>
    public void LoadHalf(A64Vector to, A64Register at, A64Register index) => Write(0xFC606800, to.Number, at, (uint)index << 16);

    /// <summary><c>to = [at + offset]</c>, 8 bytes; the upper half becomes zero.</summary>
    public void LoadHalf(A64Vector to, A64Register at, int offset) => Write(0xFD400000, to.Number, at, Scaled(offset, 8) << 10);

    /// <summary><c>to = [at + offset]</c>, 4 bytes; what lies above becomes zero.</summary>
    public void LoadQuarter(A64Vector to, A64Register at, int offset) => Write(0xBD400000, to.Number, at, Scaled(offset, 4) << 10);

    /// <summary>Two registers of what lies at <paramref name="at"/> and <paramref name="offset"/>, a multiple of 16 between −1024 and 1008.</summary>
    public void LoadPair(A64Vector first, A64Vector second, A64Register at, int offset) =>
        Write(0xAD400000, first.Number, at, Signed(offset / 16, 7) << 15 | (uint)second.Number << 10);

    /// <summary>8 bytes in both halves, and a step to the next.</summary>
    public void RepeatHalfAndStep(A64Vector to, A64Register at) => Write(0x4DDFCC00, to.Number, at, 0);

    /// <summary>4 bytes in every lane.</summary>
    public void RepeatInt32(A64Vector to, A64Register at) => Write(0x4D40C800, to.Number, at, 0);

    public void Store(A64Vector from, A64Register at, int offset) => Write(0x3D800000, from.Number, at, Scaled(offset, 16) << 10);

    /// <summary>The lower half.</summary>
    public void StoreHalf(A64Vector from, A64Register at, int offset) => Write(0xFD000000, from.Number, at, Scaled(offset, 8) << 10);

    /// <summary>Stores the lowest 16, 8, 4, 2 or 1 bytes, and steps behind them.</summary>
    public void StoreAndStep(A64Vector from, A64Register at, int bytes) => Write(
        bytes switch
        {
            16 => 0x3C800400,
            8 => 0xFC000400,
            4 => 0xBC000400,
            2 => 0x7C000400,
            1 => 0x3C000400,
            _ => throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "must be a power of two up to 16"),
        },
        from.Number, at, (uint)bytes << 12);

    /// <summary>Keeps the lower halves of two registers below the stack pointer, which moves by <paramref name="bytes"/> first.</summary>
    public void PushHalves(A64Vector first, A64Vector second, int bytes) => Write(0x6D800000, first.Number, A64Register.Sp, Signed(-bytes / 8, 7) << 15 | (uint)second.Number << 10);

    /// <summary>What <see cref="PushHalves"/> kept.</summary>
    public void PopHalves(A64Vector first, A64Vector second, int bytes) => Write(0x6CC00000, first.Number, A64Register.Sp, Signed(bytes / 8, 7) << 15 | (uint)second.Number << 10);

    public void Move(A64Vector to, A64Vector from) => Lanes(0x4EA01C00, to, from, from);

    /// <summary>16 bytes from byte <paramref name="bytes"/> of both registers on.</summary>
    public void Extract(A64Vector to, A64Vector a, A64Vector b, int bytes) => Lanes(0x6E000000 | Unsigned(bytes, 4) << 11, to, a, b);

    /// <summary>The lower halves.</summary>
    public void JoinLowHalves(A64Vector to, A64Vector a, A64Vector b) => Lanes(0x4EC03800, to, a, b);

    /// <summary>The upper halves.</summary>
    public void JoinHighHalves(A64Vector to, A64Vector a, A64Vector b) => Lanes(0x4EC07800, to, a, b);

    /// <summary>int32 of the lower halves, in turn.</summary>
    public void InterleaveLowInt32s(A64Vector to, A64Vector a, A64Vector b) => Lanes(0x4E803800, to, a, b);

    /// <summary>16-bit lanes 0, 2, … of both.</summary>
    public void EvenWords(A64Vector to, A64Vector a, A64Vector b) => Lanes(0x4E401800, to, a, b);

    /// <summary>16-bit lanes 1, 3, … of both.</summary>
    public void OddWords(A64Vector to, A64Vector a, A64Vector b) => Lanes(0x4E405800, to, a, b);

    /// <summary>Bytes 0, 2, … of both.</summary>
    public void EvenBytes(A64Vector to, A64Vector a, A64Vector b) => Lanes(0x4E001800, to, a, b);

    /// <summary>
    /// SMMLA: both operands are two rows of 8 int8; int32 lane <c>2i + j</c> gains the dot product of row i of
    /// <paramref name="a"/> and row j of <paramref name="b"/>.
    /// </summary>
    public void MultiplySigned(A64Vector acc, A64Vector a, A64Vector b) => Lanes(0x4E80A400, acc, a, b);

    /// <summary>USMMLA: as <see cref="MultiplySigned"/> with uint8 in <paramref name="a"/>.</summary>
    public void MultiplyUnsigned(A64Vector acc, A64Vector a, A64Vector b) => Lanes(0x4E80AC00, acc, a, b);

    /// <summary><c>acc −= a · b</c>, int32.</summary>
    public void MultiplySubtract(A64Vector acc, A64Vector a, A64Vector b) => Lanes(0x6EA09400, acc, a, b);

    /// <summary>int32.</summary>
    public void Add(A64Vector to, A64Vector a, A64Vector b) => Lanes(0x4EA08400, to, a, b);

    /// <summary>int32 to float32, to nearest.</summary>
    public void ToFloats(A64Vector to, A64Vector from) => Lanes(0x4E21D800, to, from, default);

    /// <summary>float32.</summary>
    public void Multiply(A64Vector to, A64Vector a, A64Vector b) => Lanes(0x6E20DC00, to, a, b);

    /// <summary>float32; NaN if either is.</summary>
    public void Max(A64Vector to, A64Vector a, A64Vector b) => Lanes(0x4E20F400, to, a, b);

    /// <inheritdoc cref="Max"/>
    public void Min(A64Vector to, A64Vector a, A64Vector b) => Lanes(0x4EA0F400, to, a, b);

    /// <summary>float32 to int32; halves to even.</summary>
    public void Round(A64Vector to, A64Vector from) => Lanes(0x4E21A800, to, from, default);

    private void Lanes(uint instruction, A64Vector to, A64Vector a, A64Vector b) => _code.Add(instruction | (uint)b.Number << 16 | (uint)a.Number << 5 | (uint)to.Number);
}
