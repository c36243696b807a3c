using System.Numerics;
using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Generate;

/// <summary>Running sums or products along the axis that input 1 names.</summary>
internal sealed unsafe class CumulativeExecutor(string path, Shape shape, DataType type, bool wide, bool product, bool exclusive, bool reverse) : Executor
{
    public override string Kernel => product ? "cumprod" : "cumsum";

    public override void Execute(in StepContext c)
    {
        long axis = Axes.IndexAt(c.Input<byte>(1), wide, 0);
        if (axis < -shape.Rank || axis >= shape.Rank) throw new ModelException($"{path}: axis {axis} is outside [{-shape.Rank}, {shape.Rank})");
        int a = (int)(axis < 0 ? axis + shape.Rank : axis);
        byte* x = c.Input<byte>(0), y = c.Output<byte>(0);
        switch (type)
        {
            case DataType.Float32: Run((float*)x, (float*)y, a); break;
            case DataType.Float64: Run((double*)x, (double*)y, a); break;
            case DataType.Int32: Run((int*)x, (int*)y, a); break;
            case DataType.UInt32: Run((uint*)x, (uint*)y, a); break;
            case DataType.Int64: Run((long*)x, (long*)y, a); break;
            default: Run((ulong*)x, (ulong*)y, a); break;
        }
    }

    private void Run<T>(T* x, T* y, int axis) where T : unmanaged, INumber<T>
    {
        int outer = shape.Product(0, axis), size = shape[axis], inner = shape.Product(axis + 1, shape.Rank);
        for (int lane = 0; lane < outer * inner; lane++)
        {
            nint at = (nint)(lane / inner) * size * inner + lane % inner;
            nint step = inner;
            if (reverse)
            {
                at += (nint)(size - 1) * inner;
                step = -step;
            }

            var result = product ? T.One : T.Zero;
            for (int i = 0; i < size; i++, at += step)
            {
                if (exclusive) y[at] = result;
                result = product ? result * x[at] : result + x[at];
                if (!exclusive) y[at] = result;
            }
        }
    }
}
