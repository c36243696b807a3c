using Edge.Kernels;
using Edge.Kernels.Threading;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Tensors;

namespace Edge.Runtime.Execution;

/// <summary>
/// Executes single nodes whose inputs are all constants: constant folding and the tables of 8-bit functions.
/// </summary>
internal static unsafe class NodeEvaluator
{
    private const long MaxScratchBytes = 1L << 30;

    /// <summary>Seconds.</summary>
    private const long MaxWork = 10_000_000_000;

    /// <summary>
    /// The outputs of <paramref name="node"/>, whose inputs are constants and which has been inferred. Outputs that the
    /// node leaves out are null.
    /// </summary>
    public static Tensor?[] Evaluate(Node node, Operator op, KernelSet kernels)
    {
        using var executor = NodeInference.Prepare(node, op, kernels, threads: 1, MaxWork);
        if (executor.ScratchBytes > MaxScratchBytes) throw node.Error($"the node needs {executor.ScratchBytes:N0} bytes of scratch; computed at once, it may need {MaxScratchBytes:N0}");
        var outputs = new Tensor?[node.Outputs.Count];
        nint[] inputs = PointerTable.Create(node.Inputs.Count), results = PointerTable.Create(outputs.Length);
        for (int i = 0; i < node.Inputs.Count; i++) inputs[i] = node.Inputs[i] is { } v ? (nint)v.Constant!.Data : 0;
        for (int i = 0; i < outputs.Length; i++)
        {
            if (node.Outputs[i] is not { IsStatic: true } v) continue;
            outputs[i] = Tensor.Create(v.Type, v.Shape!.Value);
            results[i] = (nint)outputs[i]!.Data;
        }

        using var scratch = new Arena(executor.ScratchBytes);
        executor.Execute(new StepContext(PointerTable.Over(inputs), PointerTable.Over(results), scratch.Base, WorkerPool.Inline, new Allocator(outputs)));
        // The executor has their addresses only, and a collection in the midst of it would free them.
        GC.KeepAlive(inputs);
        GC.KeepAlive(results);
        GC.KeepAlive(node);
        return outputs;
    }

    /// <summary>Output 0 of a node that a pass makes only to know its result: infers it, runs it, and takes it apart.</summary>
    public static Tensor Compute(Node node, KernelSet kernels)
    {
        var op = OperatorCatalog.Find(node.Domain, node.OpType)!;
        NodeInference.Infer(node, op);
        var result = Evaluate(node, op, kernels)[0]!;
        node.Detach();
        return result;
    }

    private sealed class Allocator(Tensor?[] outputs) : IOutputAllocator
    {
        public void* Allocate(int output, DataType type, Shape shape)
        {
            outputs[output] = Tensor.Create(type, shape);
            return outputs[output]!.Data;
        }
    }
}
