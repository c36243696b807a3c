using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Edge.Tensors;

/// <summary>
/// A dense, row-major array of one element type.
/// </summary>
/// <remarks>
/// Memory is either owned (pinned managed memory, aligned to <see cref="Alignment"/> and followed by
/// <see cref="Slack"/> readable bytes, so that vector kernels may read past the end) or borrowed from an
/// object that is kept alive. Nothing has to be disposed. Not synchronized: one writer, or many readers.
/// </remarks>
public sealed unsafe class Tensor
{
    /// <summary>Alignment in bytes of the first element of owned memory.</summary>
    public const int Alignment = 64;

    /// <summary>Readable bytes after the last element of owned memory.</summary>
    public const int Slack = 64;

    /// <summary>Guards <see cref="_make"/>.</summary>
    private readonly Lock? _making;

    /// <summary>Keeps borrowed memory valid.</summary>
    private object? _owner;

    /// <summary>Owned memory; pinned. Null where it is borrowed.</summary>
    private byte[]? _array;

    private byte* _data;

    /// <summary>Of <see cref="_data"/> in <see cref="_array"/>.</summary>
    private nint _offset;

    /// <summary>Makes the elements when they are first asked for; null when they are there.</summary>
    private volatile Func<Tensor>? _make;

    private Tensor(DataType type, Shape shape, byte* data, object? owner, byte[]? array)
    {
        Type = type;
        Shape = shape;
        _data = data;
        _owner = owner;
        _array = array;
        if (array is not null) _offset = (nint)data - (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
    }

    private Tensor(DataType type, Shape shape, Func<Tensor> make)
    {
        Type = type;
        Shape = shape;
        _make = make;
        _making = new Lock();
    }

    public DataType Type { get; }

    public Shape Shape { get; }

    /// <summary>Number of elements.</summary>
    public int Count => Shape.Count;

    /// <summary>Bytes of all elements.</summary>
    public nint ByteLength => (nint)Shape.Count * Type.Size();

    /// <summary>Address of the first element; valid while this object is reachable.</summary>
    public byte* Data
    {
        get
        {
            if (_make is not null) Make();
            return _data;
        }
    }

    /// <summary>The elements as a file holds them, two or four in a byte, where this tensor was made of such; else nothing.</summary>
    public ReadOnlyMemory<byte> Packed { get; private init; }

    /// <summary>Whether <see cref="Slack"/> bytes after the last element may be read: true for owned memory.</summary>
    public bool HasSlack { get; private init; }

    public TensorView View => new(Type, Shape, Data);

    /// <summary>A tensor of zeros.</summary>
    /// <exception cref="ArgumentException">The type has no fixed-size elements.</exception>
    public static Tensor Create(DataType type, Shape shape)
    {
        int size = type.Size();
        if (size == 0) throw new ArgumentException($"a tensor of type {type.OnnxName()} cannot be created");
        long bytes = (long)shape.Count * size;
        byte[] array = GC.AllocateArray<byte>(checked((int)(bytes + Alignment + Slack)), pinned: true);
        nint p = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
        return new Tensor(type, shape, (byte*)((p + Alignment - 1) & ~(nint)(Alignment - 1)), null, array) { HasSlack = true };
    }

    /// <summary>A tensor of zeros of element type <typeparamref name="T"/>.</summary>
    public static Tensor Create<T>(Shape shape) where T : unmanaged => Create(DataTypeExtensions.Of<T>(), shape);

    /// <summary>A tensor with a copy of <paramref name="data"/>, row-major.</summary>
    /// <exception cref="ArgumentException">The number of elements is not that of the shape.</exception>
    public static Tensor Create<T>(Shape shape, ReadOnlySpan<T> data) where T : unmanaged
    {
        if (data.Length != shape.Count) throw new ArgumentException($"{data.Length} elements do not fill shape {shape} of {shape.Count}");
        var t = Create(DataTypeExtensions.Of<T>(), shape);
        data.CopyTo(t.AsSpan<T>());
        return t;
    }

    /// <summary>A tensor of strings, row-major.</summary>
    /// <exception cref="ArgumentException">The number of elements is not that of the shape.</exception>
    /// <exception cref="InvalidOperationException">The <see cref="StringTable"/> is full.</exception>
    public static Tensor FromStrings(Shape shape, params ReadOnlySpan<string> data)
    {
        if (data.Length != shape.Count) throw new ArgumentException($"{data.Length} elements do not fill shape {shape} of {shape.Count}");
        var t = Create(DataType.String, shape);
        for (int i = 0; i < data.Length; i++) ((long*)t._data)[i] = StringTable.Intern(data[i]);
        return t;
    }

    /// <summary>
    /// A tensor over memory that it does not own, such as a mapped file. <paramref name="owner"/> is kept alive
    /// and must keep the memory valid; <paramref name="hasSlack"/> says whether <see cref="Slack"/> bytes follow that may be read.
    /// </summary>
    public static Tensor Borrow(DataType type, Shape shape, void* data, object? owner, bool hasSlack = false) =>
        new(type, shape, (byte*)data, owner, null) { HasSlack = hasSlack };

    /// <summary>
    /// A tensor whose elements are made when they are first asked for, and take no memory until then. Of several threads that ask one makes
    /// them.
    /// </summary>
    /// <param name="type">Type of the elements.</param>
    /// <param name="shape">Shape.</param>
    /// <param name="make">A tensor of this type and shape that owns its memory.</param>
    /// <param name="packed">See <see cref="Packed"/>.</param>
    public static Tensor Defer(DataType type, Shape shape, Func<Tensor> make, ReadOnlyMemory<byte> packed = default) =>
        new(type, shape, make) { HasSlack = true, Packed = packed };

    /// <summary>The elements, row-major.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the element type.</exception>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        if (DataTypeExtensions.Of<T>() != Type) Throw.WrongElementType(Type, typeof(T));
        return MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref First), Shape.Count);
    }

    /// <summary>The elements of a tensor of strings, row-major.</summary>
    /// <exception cref="InvalidOperationException">The elements are not strings.</exception>
    public string[] ToStrings()
    {
        if (Type != DataType.String) Throw.WrongElementType(Type, typeof(string));
        var texts = new string[Count];
        for (int i = 0; i < texts.Length; i++) texts[i] = StringTable.Text(((long*)Data)[i]);
        return texts;
    }

    /// <summary>The bytes of all elements.</summary>
    public Span<byte> Bytes => MemoryMarshal.CreateSpan(ref First, checked((int)ByteLength));

    /// <summary>
    /// The first byte, for spans. Of owned memory it is a reference into the array, which the collector sees: made of the bare
    /// address, it may let the array go while a loop still reads, once the compiler has moved the address out of the loop and
    /// nothing else needs this object.
    /// </summary>
    private ref byte First
    {
        get
        {
            if (_make is not null) Make();
            return ref _array is { } array ? ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(array), _offset) : ref *_data;
        }
    }

    /// <summary>A copy that owns its memory.</summary>
    public Tensor Clone()
    {
        var t = Create(Type, Shape);
        Bytes.CopyTo(t.Bytes);
        return t;
    }

    /// <summary>The same memory under another shape.</summary>
    /// <exception cref="ArgumentException">The element counts differ.</exception>
    public Tensor Reshape(Shape shape)
    {
        if (shape.Count != Shape.Count) throw new ArgumentException($"cannot reshape {Shape} to {shape}");
        return new Tensor(Type, shape, Data, _owner, _array) { HasSlack = HasSlack };
    }

    private void Make()
    {
        lock (_making!)
        {
            if (_make is not { } make) return;
            Tensor made = make();
            if (made.Type != Type || made.Shape != Shape) throw new InvalidOperationException($"{made} was made for {this}");
            _data = made.Data;
            _array = made._array;
            _offset = made._offset;
            _owner = made._owner;
            _make = null;
        }
    }

    public override string ToString() => $"{Type.OnnxName()}{Shape}";
}
