using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators;

/// <summary>
/// The memory of one execution: pointers to dense, row-major inputs and outputs, in the order of the node. Activations
/// are followed by <see cref="Tensor.Slack"/> readable bytes. An input that is left out is null. Inputs and outputs do
/// not overlap, except where <see cref="Operator.CanOverwrite"/> or <see cref="Operator.ViewOfInput"/> allowed it: then
/// output 0 may equal that input; or where <see cref="Operator.PlaceInOutput"/> did: then the input may lie in its place.
/// </summary>
internal readonly unsafe ref struct StepContext(PointerTable inputs, PointerTable outputs, byte* scratch, WorkerPool pool, IOutputAllocator? allocator)
{
    private readonly PointerTable _inputs = inputs;
    private readonly PointerTable _outputs = outputs;

    /// <summary><see cref="Executor.ScratchBytes"/> bytes, aligned to 64.</summary>
    public byte* Scratch { get; } = scratch;

    public WorkerPool Pool { get; } = pool;

    public T* Input<T>(int index) where T : unmanaged => (T*)_inputs[index];

    public T* Output<T>(int index) where T : unmanaged => (T*)_outputs[index];

    /// <summary>
    /// Memory for an output whose shape only the execution itself knows; allowed for outputs that
    /// <see cref="InferContext.DataDependent"/> left open even with all inputs known.
    /// </summary>
    public T* Allocate<T>(int index, Shape shape) where T : unmanaged =>
        (T*)allocator!.Allocate(index, DataTypeExtensions.Of<T>(), shape);

    /// <inheritdoc cref="Allocate{T}"/>
    /// <remarks>For strings, whose elements are handles.</remarks>
    public long* AllocateStrings(int index, Shape shape) => (long*)allocator!.Allocate(index, DataType.String, shape);
}

/// <summary>The addresses of a node's inputs or outputs. Null for one that the model leaves out, and beyond the last.</summary>
/// <param name="addresses">The first entry.</param>
/// <param name="count">Entries.</param>
internal readonly unsafe struct PointerTable(void** addresses, int count)
{
    private readonly void** _addresses = addresses;

    public void* this[int index] => (uint)index < (uint)count ? _addresses[index] : null;

    /// <summary>Entries that do not move and live as long as the array.</summary>
    public static nint[] Create(int count) => GC.AllocateArray<nint>(Math.Max(1, count), pinned: true);

    /// <summary>The table over an array of <see cref="Create"/>.</summary>
    public static PointerTable Over(nint[] pinned) => new((void**)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0), pinned.Length);
}

/// <summary>Gives memory to outputs whose shape a run decides.</summary>
internal unsafe interface IOutputAllocator
{
    void* Allocate(int output, DataType type, Shape shape);
}
