using Edge.Runtime.Execution;
using Edge.Tensors;

namespace Edge.Runtime.Planning;

/// <summary>Where the bytes of one or more values lie while a plan runs. Values that are views of each other share one.</summary>
internal abstract class Storage
{
    /// <summary>Last step that reads it; −1 while unknown.</summary>
    public int LastUse { get; set; } = -1;
}

/// <summary>A tensor that the caller brings with each run.</summary>
internal sealed class InputStorage(int index) : Storage
{
    public int Index { get; } = index;
}

/// <summary>Known elements, borrowed from the model or made by a pass.</summary>
internal sealed class ConstantStorage(Tensor tensor) : Storage
{
    public Tensor Tensor { get; } = tensor;
}

/// <summary>A block of the plan's own memory: in the arena, or one of the session's output tensors.</summary>
internal sealed class BlockStorage(nint bytes, int firstUse) : Storage
{
    public nint Bytes { get; } = bytes;

    /// <summary>The first step that writes to it.</summary>
    public int FirstUse { get; set; } = firstUse;

    /// <summary>Index of the graph output whose tensor this is; −1 for arena memory.</summary>
    public int Output { get; set; } = -1;

    /// <summary>Place in the arena, if that is where it lies.</summary>
    public Lifetime? Lifetime { get; set; }
}

/// <summary>A value whose shape only a run knows.</summary>
internal sealed class DynamicStorage(MemoryBudget budget) : Storage
{
    public RunValue Value { get; } = new(budget);
}
