using System.Runtime.CompilerServices;
using Edge.Runtime.Operators.Cast;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Generate;

/// <summary>Fills <c>[outer, depth, inner]</c> with the off value and sets the on value at each index.</summary>
internal sealed unsafe class OneHotExecutor(int outer, int depth, int inner, DataType indexType, int element) : Executor
{
    public override string Kernel => "one_hot";

    public override nint ScratchBytes => (nint)outer * inner * sizeof(long);

    public override void Execute(in StepContext c)
    {
        byte* y = c.Output<byte>(0), values = c.Input<byte>(2);
        long* indices = c.Input<long>(0);
        if (indexType != DataType.Int64)
        {
            indices = (long*)c.Scratch;
            ElementCast.Find(indexType, DataType.Int64)(c.Input<byte>(0), indices, (nint)outer * inner);
        }

        nint count = (nint)outer * depth * inner;
        for (nint i = 0; i < count; i++) Unsafe.CopyBlockUnaligned(y + i * element, values, (uint)element);
        for (nint i = 0; i < (nint)outer * inner; i++)
        {
            long index = indices[i] < 0 ? indices[i] + depth : indices[i];
            if (index < 0 || index >= depth) continue;
            nint at = (i / inner * depth + (nint)index) * inner + i % inner;
            Unsafe.CopyBlockUnaligned(y + at * element, values + element, (uint)element);
        }
    }
}
