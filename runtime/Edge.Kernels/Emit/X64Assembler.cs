using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Edge.Kernels.Emit;

/// <summary>
/// Writes x64 machine code: the general instructions that loops need, and those of AVX-512 that kernels do. Encodings from
/// Intel's Software Developer's Manual, volume 2. Tests decode what is written here with a disassembler.
/// </summary>
internal sealed partial class X64Assembler
{
    /// <summary>Most functions are shorter; they are many, so that the buffer is borrowed.</summary>
    private const int FirstBytes = 4096;

    private byte[] _code = [];

    /// <summary>Bytes so far; the address of the next instruction.</summary>
    public int Position { get; private set; }

    /// <summary>Ends the function and returns its code; what is written next begins another.</summary>
    public byte[] ToArray()
    {
        byte[] function = _code.AsSpan(0, Position).ToArray();
        Replace([]);
        Position = 0;
        return function;
    }

    /// <summary>Fills up with instructions that do nothing.</summary>
    public void Align(int bytes)
    {
        while (Position % bytes != 0) Byte(0x90);
    }

    public void Push(X64Register r)
    {
        if (r >= X64Register.R8) Byte(0x41);
        Byte((byte)(0x50 + ((int)r & 7)));
    }

    public void Pop(X64Register r)
    {
        if (r >= X64Register.R8) Byte(0x41);
        Byte((byte)(0x58 + ((int)r & 7)));
    }

    public void Return() => Byte(0xC3);

    /// <summary><c>to = [from]</c>, 8 bytes.</summary>
    public void Load(X64Register to, X64Address from) => General(0x8B, to, from);

    /// <summary><c>[to] = from</c>, 8 bytes.</summary>
    public void Store(X64Address to, X64Register from) => General(0x89, from, to);

    /// <summary>Compares <paramref name="a"/> with 8 bytes of memory.</summary>
    public void Compare(X64Register a, X64Address b) => General(0x3B, a, b);

    /// <summary><c>r += [from]</c>, 8 bytes.</summary>
    public void Add(X64Register r, X64Address from) => General(0x03, r, from);

    public void Add(X64Register to, X64Register from) => General(0x01, from, to);

    public void Move(X64Register to, X64Register from) => General(0x89, from, to);

    public void Add(X64Register r, int value)
    {
        Rex(0, 0, (int)r);
        bool isSmall = value is >= sbyte.MinValue and <= sbyte.MaxValue;
        Byte((byte)(isSmall ? 0x83 : 0x81));
        Byte((byte)(0xC0 | ((int)r & 7)));
        if (isSmall) Byte((byte)value);
        else Int32(value);
    }

    /// <summary><c>r −= [from]</c>, 8 bytes.</summary>
    public void Subtract(X64Register r, X64Address from) => General(0x2B, r, from);

    /// <summary>LEA: <c>to = at</c>'s address.</summary>
    public void LoadAddress(X64Register to, X64Address at) => General(0x8D, to, at);

    public void LoadConstant(X64Register to, ulong value)
    {
        // mov r64, imm64
        Rex(0, 0, (int)to);
        Byte((byte)(0xB8 + ((int)to & 7)));
        Int32((int)value);
        Int32((int)(value >> 32));
    }

    /// <summary>Sets the flags that <see cref="JumpIfZero"/> looks at.</summary>
    public void TestZero(X64Register r) => General(0x85, r, r);

    /// <summary>PREFETCHT0: the line of <paramref name="at"/> into all caches.</summary>
    public void Prefetch(X64Address at) => Prefetch(1, at);

    /// <summary>PREFETCHT1: the line into the second level.</summary>
    public void PrefetchToSecondLevel(X64Address at) => Prefetch(2, at);

    /// <summary><c>[at] −= 1</c>, 8 bytes; sets the flags that <see cref="JumpIfNotZero"/> and <see cref="JumpIfNotNegative"/> look at.</summary>
    public void Decrement(X64Address at) => General(0xFF, (X64Register)1, at);

    /// <summary>Jumps back to <paramref name="target"/> unless the last result was zero.</summary>
    public void JumpIfNotZero(int target) => JumpBack(0x85, target);

    /// <summary>Jumps back to <paramref name="target"/> unless the last result was negative.</summary>
    public void JumpIfNotNegative(int target) => JumpBack(0x89, target);

    /// <summary>Jumps back to <paramref name="target"/> if the last comparison found less, of signed numbers.</summary>
    public void JumpIfLess(int target) => JumpBack(0x8C, target);

    /// <summary>Jumps back if it found less or equal.</summary>
    public void JumpIfNotGreater(int target) => JumpBack(0x8E, target);

    /// <summary>A jump forward if the last comparison found greater; <see cref="Land"/> says where to.</summary>
    public int JumpIfGreater() => JumpForward(0x8F);

    /// <summary>A jump forward if the last result was zero.</summary>
    public int JumpIfZero() => JumpForward(0x84);

    /// <summary>A jump forward, always.</summary>
    public int Jump()
    {
        Bytes(0xE9, 0, 0, 0, 0);
        return Position;
    }

    /// <summary>A jump forward if it found greater or equal.</summary>
    public int JumpIfNotLess() => JumpForward(0x8D);

    /// <summary>Lets a jump forward end here.</summary>
    public void Land(int jump)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_code.AsSpan(jump - 4, 4), Position - jump);
    }

    /// <summary><c>edx:eax = XCR0</c>, as one number in rax: which registers the system saves.</summary>
    public void ReadExtendedControl()
    {
        Bytes(0x31, 0xC9, 0x0F, 0x01, 0xD0); // xor ecx, ecx; xgetbv
        Bytes(0x48, 0xC1, 0xE2, 0x20, 0x48, 0x09, 0xD0); // shl rdx, 32; or rax, rdx
    }

    private void Prefetch(int hint, X64Address at)
    {
        int index = at.Index is { } i ? (int)i >> 3 : 0, b = (int)at.Base >> 3;
        if ((index | b) != 0) Byte((byte)(0x40 | index << 1 | b));
        Bytes(0x0F, 0x18);
        Memory(hint, at, 1);
    }

    private void JumpBack(byte condition, int target)
    {
        Bytes(0x0F, condition);
        Int32(target - (Position + 4));
    }

    private int JumpForward(byte condition)
    {
        Bytes(0x0F, condition, 0, 0, 0, 0);
        return Position;
    }

    private void General(byte opcode, X64Register register, X64Address address)
    {
        Rex((int)register, address.Index is { } i ? (int)i : 0, (int)address.Base);
        Byte(opcode);
        Memory((int)register, address, 1);
    }

    private void General(byte opcode, X64Register register, X64Register other)
    {
        Rex((int)register, 0, (int)other);
        Byte(opcode);
        Byte((byte)(0xC0 | (((int)register & 7) << 3) | ((int)other & 7)));
    }

    /// <summary>REX with W: 64 bits.</summary>
    private void Rex(int register, int index, int @base) =>
        Byte((byte)(0x48 | ((register >> 3) << 2) | ((index >> 3) << 1) | (@base >> 3)));

    /// <summary>
    /// ModRM, SIB and displacement. A displacement that is a multiple of <paramref name="scale"/> and small takes one byte, as
    /// EVEX compresses it; legacy encodings have a scale of 1.
    /// </summary>
    private void Memory(int register, X64Address address, int scale)
    {
        int low = (int)address.Base & 7;
        // Base 101 without a displacement would mean another form.
        bool none = address.Displacement == 0 && low != 5;
        bool isSmall = address.Displacement % scale == 0 && address.Displacement / scale is >= sbyte.MinValue and <= sbyte.MaxValue;
        int mode = none ? 0 : isSmall ? 1 : 2;
        if (address.Index is { } index)
        {
            if (index == X64Register.Rsp) throw new ArgumentException("rsp cannot be an index");
            Byte((byte)((mode << 6) | ((register & 7) << 3) | 4));
            Byte((byte)((BitOperations.Log2((uint)address.Scale) << 6) | (((int)index & 7) << 3) | low));
        }
        else if (low == 4)
        {
            // Base 100 needs a SIB byte that says "no index".
            Byte((byte)((mode << 6) | ((register & 7) << 3) | 4));
            Byte(0x24);
        }
        else
        {
            Byte((byte)((mode << 6) | ((register & 7) << 3) | low));
        }

        if (mode == 1) Byte((byte)(sbyte)(address.Displacement / scale));
        if (mode == 2) Int32(address.Displacement);
    }

    private void Int32(int value)
    {
        for (int i = 0; i < 4; i++) Byte((byte)(value >> (8 * i)));
    }

    private void Byte(byte value)
    {
        if (Position == _code.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBytes, 2 * Position));
            _code.CopyTo(larger, 0);
            Replace(larger);
        }

        _code[Position++] = value;
    }

    private void Bytes(params ReadOnlySpan<byte> values)
    {
        foreach (byte value in values) Byte(value);
    }

    private void Replace(byte[] code)
    {
        if (_code.Length > 0) ArrayPool<byte>.Shared.Return(_code);
        _code = code;
    }
}
