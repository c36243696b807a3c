using Edge.Runtime.Operators;

namespace Edge.Runtime.Execution;

/// <summary>Copies input 0 to output 0, byte by byte, unless they are the same memory.</summary>
internal sealed unsafe class CopyExecutor(nint bytes) : Executor
{
    public override string Kernel => "copy";

    public override void Execute(in StepContext c)
    {
        byte* from = c.Input<byte>(0);
        byte* to = c.Output<byte>(0);
        if (from != to) Buffer.MemoryCopy(from, to, bytes, bytes);
    }
}
