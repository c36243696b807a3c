using Edge.Kernels;
using Edge.Kernels.Packing;
using Edge.Onnx;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Tensors;

namespace Edge.Runtime.Execution;

/// <summary>Validation, shape inference and preparation of one node, with every failure told as a <see cref="ModelException"/> that names it.</summary>
internal static class NodeInference
{
    /// <summary>The most axes that a tensor may have: kernels keep what they know of axes in tables of twice as many.</summary>
    public const int MaxRank = 16;

    /// <summary>
    /// Infers <paramref name="node"/>, all of whose inputs have known types and shapes. Returns false if an output's shape
    /// depends on data.
    /// </summary>
    public static bool Infer(Node node, Operator op)
    {
        // Sequences and loops stack tensors, and what they make comes in here.
        for (int i = 0; i < node.Inputs.Count; i++)
            if (node.Inputs[i] is { Shape: { Rank: > MaxRank } shape } v) throw node.Error($"input '{v.Name}' has {shape.Rank} axes; supported: {MaxRank}");
        var context = new InferContext(node);
        try
        {
            op.Infer(context);
        }
        catch (Exception e) when (IsOfTheNode(e))
        {
            throw Malformed(node, e);
        }

        foreach (string name in node.Attributes.Unread)
            throw node.Error($"attribute '{name}' is not supported");
        if (op is not ValueOperator) CheckOutputs(node, context);
        return !context.IsDataDependent;
    }

    /// <summary>Chooses kernels for <paramref name="node"/>, which has been inferred.</summary>
    /// <param name="node">All types and shapes are known.</param>
    /// <param name="op">Its operator.</param>
    /// <param name="kernels">The kernels to choose from.</param>
    /// <param name="threads">Threads of the pool that will execute.</param>
    /// <param name="maxWork">The most <see cref="Executor.Work"/>.</param>
    /// <param name="packed">Where packed weights come from, or go to; new memory if null.</param>
    public static Executor Prepare(Node node, Operator op, KernelSet kernels, int threads, long maxWork, PackedStore? packed = null)
    {
        try
        {
            var executor = op.Prepare(new PrepareContext(node, kernels, threads, packed ?? PackedStore.Memory));
            if (executor.Work <= maxWork && executor.Work >= 0) return executor;
            executor.Dispose();
            throw node.Error($"the node takes {executor.Work:N0} multiply-accumulates; {nameof(SessionLimits)}.{nameof(SessionLimits.MaxNodeWork)} allows {maxWork:N0}");
        }
        catch (Exception e) when (IsOfTheNode(e))
        {
            throw Malformed(node, e);
        }
        catch (OutOfMemoryException e)
        {
            throw new ModelException($"{node.Path}: preparing the node takes more memory than there is", e);
        }
    }

    private static void CheckOutputs(Node node, InferContext context)
    {
        for (int i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i] is not { } v) continue;
            if (v.Type == DataType.Undefined || (v.Shape is null && !context.IsDataDependent)) throw node.Error($"output {i} '{v.Name}' is none that the operator has for these inputs");
            if (v.Shape is { Rank: > MaxRank } shape) throw node.Error($"output {i} has {shape.Rank} axes; supported: {MaxRank}");
        }
    }

    /// <summary>What arithmetic on absurd sizes and indices throws.</summary>
    public static bool IsOfTheNode(Exception e) => e is (ArgumentException or NotSupportedException or OverflowException or IndexOutOfRangeException or InvalidOperationException or DivideByZeroException) and not ObjectDisposedException;

    public static ModelException Malformed(Node node, Exception e) => new($"{node.Path}: the node is malformed: {e.Message}", e);
}
