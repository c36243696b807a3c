namespace Edge.Runtime.Execution;

/// <summary>Where the tensors of a chain's steps lie: in the plan's memory, but for those of which a thread has its own rows only.</summary>
/// <param name="slots">The plan's pointers to the inputs and outputs of the first step, and, behind them, of the others.</param>
/// <param name="count">How many.</param>
/// <param name="steps">For each step the places of its inputs and its outputs among them.</param>
/// <param name="buffered">Pointers to rows in a thread's memory: the place, where the buffer is, and bytes of a row.</param>
/// <param name="bufferBytes">Bytes of a thread's buffers.</param>
/// <param name="scratchBytes">Bytes of scratch that a step needs.</param>
internal sealed unsafe class RowChainPointers(void** slots, int count, (int Inputs, int Outputs)[] steps, (int Slot, nint Offset, nint RowBytes)[] buffered, nint bufferBytes, nint scratchBytes)
{
    /// <summary>Where scratch begins in a thread's memory, behind the buffers.</summary>
    public nint ScratchAt => bufferBytes;

    /// <summary>The pointers for rows from <paramref name="first"/> on, in a thread's memory: as if tensors began so many rows before their buffers.</summary>
    public void** For(byte* memory, nint first)
    {
        void** table = (void**)(memory + bufferBytes + scratchBytes);
        new Span<nint>(slots, count).CopyTo(new Span<nint>(table, count));
        foreach ((int slot, nint offset, nint rowBytes) in buffered) table[slot] = memory + offset - first * rowBytes;
        return table;
    }

    public void** InputsOf(void** table, int step) => table + steps[step].Inputs;

    public void** OutputsOf(void** table, int step) => table + steps[step].Outputs;

    /// <summary>Bytes of the pointers.</summary>
    public static nint TableBytes(int count) => (nint)count * sizeof(void*);
}
