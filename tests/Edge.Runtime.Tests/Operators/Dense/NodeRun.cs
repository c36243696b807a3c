using Edge.Kernels;
using Edge.Kernels.Packing;
using Edge.Kernels.Threading;
using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Tensors;

namespace Edge.Runtime.Tests.Operators.Dense;

/// <summary>Runs one node as passes make it, with attributes and inputs that no model can have.</summary>
internal static unsafe class NodeRun
{
    /// <param name="domain">The operator's domain.</param>
    /// <param name="opType">Its name.</param>
    /// <param name="kernels">The kernels to use.</param>
    /// <param name="attributes">Of the node.</param>
    /// <param name="inputs">Null where one is left out; only those marked are known when the node is prepared.</param>
    /// <returns>Output 0.</returns>
    public static Tensor Of(string domain, string opType, KernelSet kernels, (string Name, object Value)[] attributes, params (Tensor? Value, bool Known)[] inputs)
    {
        var values = inputs.Select((t, i) =>
        {
            if (t.Value is null) return null;
            var v = new Value($"x{i}") { Type = t.Value.Type, Shape = t.Value.Shape };
            if (t.Known) v.SetConstant(t.Value);
            return v;
        }).ToArray();
        var result = new Value("y");
        var node = new Node(domain, opType, domain.Length == 0 ? 17 : 1, opType, values, [result]);
        foreach (var (name, value) in attributes) node.Attributes.Set(name, value);
        var op = OperatorCatalog.Find(domain, opType)!;
        NodeInference.Infer(node, op);
        using var executor = op.Prepare(new PrepareContext(node, kernels, threads: 2, PackedStore.Memory));
        using var pool = new WorkerPool(2);
        using var scratch = new Arena(executor.ScratchBytes);
        Tensor y = Tensor.Create(result.Type, result.Shape!.Value);
        void** pointers = stackalloc void*[inputs.Length + 1];
        for (int i = 0; i < inputs.Length; i++) pointers[i] = inputs[i].Value is { } t ? t.Data : null;
        pointers[inputs.Length] = y.Data;
        executor.Execute(new StepContext(new PointerTable(pointers, inputs.Length), new PointerTable(pointers + inputs.Length, 1), scratch.Base, pool, null));
        return y;
    }
}
