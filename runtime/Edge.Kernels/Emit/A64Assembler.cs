using System.Buffers.Binary;

namespace Edge.Kernels.Emit;

/// <summary>
/// Writes A64 machine code: the general instructions that loops need, and the vector instructions that kernels do. Encodings
/// from the Arm Architecture Reference Manual, section C. Tests decode what is written here with a disassembler.
/// </summary>
internal sealed partial class A64Assembler
{
    private readonly List<uint> _code = [];

    /// <summary>Bytes so far; the address of the next instruction.</summary>
    public int Position => 4 * _code.Count;

    public byte[] ToArray()
    {
        byte[] bytes = new byte[Position];
        for (int i = 0; i < _code.Count; i++) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), _code[i]);
        return bytes;
    }

    /// <summary>Fills up with instructions that do nothing.</summary>
    public void Align(int bytes)
    {
        while (Position % bytes != 0) _code.Add(0xD503201F);
    }

    public void Return() => _code.Add(0xD65F03C0);

    /// <summary><c>to = [at + offset]</c>, 8 bytes; the offset is not negative and a multiple of them.</summary>
    public void Load(A64Register to, A64Register at, int offset) => Write(0xF9400000, (int)to, at, Scaled(offset, 8) << 10);

    /// <summary><c>[at + offset] = from</c>, 8 bytes; the offset as for loads.</summary>
    public void Store(A64Register from, A64Register at, int offset) => Write(0xF9000000, (int)from, at, Scaled(offset, 8) << 10);

    /// <summary><c>to = [at]; at += step</c>, 8 bytes.</summary>
    public void LoadAndStep(A64Register to, A64Register at, int step) => Write(0xF8400400, (int)to, at, Signed(step, 9) << 12);

    public void Add(A64Register to, A64Register a, A64Register b) => Write(0x8B000000, (int)to, a, (uint)b << 16);

    /// <summary><c>to = a + value</c>, −4095 to 4095.</summary>
    public void Add(A64Register to, A64Register a, int value) => Write(value < 0 ? 0xD1000000 : 0x91000000, (int)to, a, Unsigned(Math.Abs(value), 12) << 10);

    /// <summary><c>r −= value</c>; sets the flags that jumps look at.</summary>
    public void SubtractAndTest(A64Register r, int value) => Write(0xF1000000, (int)r, r, Unsigned(value, 12) << 10);

    public void Subtract(A64Register to, A64Register a, A64Register b) => Write(0xCB000000, (int)to, a, (uint)b << 16);

    /// <summary>Sets the flags that jumps look at.</summary>
    public void Compare(A64Register a, A64Register b) => Write(0xEB000000, 31, a, (uint)b << 16);

    public void Move(A64Register to, A64Register from) => Write(0xAA0003E0, (int)to, 0, (uint)from << 16);

    /// <summary><c>to = value</c>, 0 to 65535.</summary>
    public void Set(A64Register to, int value) => Write(0xD2800000, (int)to, 0, Unsigned(value, 16) << 5);

    /// <summary>The number of zeros before the first bit that is set, 64 if none is.</summary>
    public void CountLeadingZeros(A64Register to, A64Register from) => Write(0xDAC01000, (int)to, from, 0);

    /// <summary>Jumps back to <paramref name="target"/>.</summary>
    public void JumpIf(A64Condition condition, int target) => Write(0x54000000, (int)condition, 0, Signed((target - Position) / 4, 19) << 5);

    /// <summary>A jump forward; <see cref="Land"/> says where to.</summary>
    public A64Jump JumpIf(A64Condition condition) => Jump(0x54000000 | (uint)condition, 19);

    /// <inheritdoc cref="JumpIf(A64Condition)"/>
    public A64Jump JumpIfZero(A64Register r) => Jump(0xB4000000 | (uint)r, 19);

    /// <summary>A jump forward unless bit <paramref name="bit"/>, one of the lower 32, is set.</summary>
    public A64Jump JumpIfBitClear(A64Register r, int bit) => Jump(0x36000000 | Unsigned(bit, 5) << 19 | (uint)r, 14);

    /// <summary>Lets a jump forward end here.</summary>
    public void Land(A64Jump jump) => _code[jump.Position / 4] |= Signed((Position - jump.Position) / 4, jump.Bits) << 5;

    private A64Jump Jump(uint instruction, int bits)
    {
        var jump = new A64Jump(Position, bits);
        _code.Add(instruction);
        return jump;
    }

    /// <summary>The lowest five bits name the target, the next five the first operand.</summary>
    private void Write(uint instruction, int to, A64Register first, uint rest) => _code.Add(instruction | rest | (uint)first << 5 | (uint)to);

    private static uint Scaled(int offset, int scale) => offset % scale == 0
        ? Unsigned(offset / scale, 12)
        : throw new ArgumentOutOfRangeException(nameof(offset), offset, $"must be a multiple of {scale}");

    private static uint Unsigned(int value, int bits) => value >> bits == 0
        ? (uint)value
        : throw new ArgumentOutOfRangeException(nameof(value), value, $"does not fit {bits} bits");

    private static uint Signed(int value, int bits) => value >> (bits - 1) is 0 or -1
        ? (uint)value & ((1u << bits) - 1)
        : throw new ArgumentOutOfRangeException(nameof(value), value, $"does not fit {bits} bits and a sign");
}
