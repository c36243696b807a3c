using Edge.Kernels;
using Edge.Tensors;

namespace Edge.Runtime.Tests.Operators;

/// <summary>Holds one node against ONNX Runtime on every kernel set, with and without passes, on one thread and on two.</summary>
internal static class Agreement
{
    /// <summary>Floats within <c>absolute + relative · |expected|</c>, everything else within <paramref name="steps"/>.</summary>
    /// <returns>Integers that differ.</returns>
    public static int EverywhereWithOnnxRuntime(this OperatorCase test, double relative = 0, double absolute = 0, int steps = 0)
    {
        IReadOnlyList<Tensor> expected = test.RunOnnxRuntime();
        return test.EverywhereWith(expected, relative, absolute, steps);
    }

    /// <inheritdoc cref="EverywhereWithOnnxRuntime"/>
    public static int EverywhereWith(this OperatorCase test, IReadOnlyList<Tensor> expected, double relative = 0, double absolute = 0, int steps = 0)
    {
        int differ = 0;
        foreach (KernelSet set in KernelCatalog.Available)
        {
            foreach (bool optimize in (bool[])[true, false])
            {
                IReadOnlyList<Tensor> actual = test.Run(set.Name, optimize, optimize ? 1 : 2);
                for (int i = 0; i < expected.Count; i++) differ += TensorAssert.Close(expected[i], actual[i], relative, absolute, steps);
            }
        }

        return differ;
    }
}
