using Edge.Kernels;
using Edge.Kernels.Packing;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators;

/// <summary>What an operator sees while it chooses kernels for a node. All types and shapes are known.</summary>
internal sealed class PrepareContext(Node node, KernelSet kernels, int threads, PackedStore packed)
{
    public Node Node { get; } = node;

    public NodeAttributes Attributes => Node.Attributes;

    public KernelSet Kernels { get; } = kernels;

    /// <summary>Threads of the pool that will execute; for the size of per-thread scratch.</summary>
    public int Threads { get; } = threads;

    /// <summary>Where the node's packed weights come from, or go to.</summary>
    public PackedStore Packed { get; } = packed;

    public bool Has(int input) => Node.Has(input);

    public DataType Type(int input) => Node.Inputs[input]!.Type;

    public Shape Shape(int input) => Node.Inputs[input]!.Shape!.Value;

    /// <summary>The elements of an input if they are known now; else null: they come with each run.</summary>
    public Tensor? Constant(int input) => Node.Constant(input);

    /// <summary>The integers that a constant matrix is made of, as the right side of a product; null where there are none, or they are none that kernels multiply with.</summary>
    /// <param name="input">The matrix.</param>
    /// <param name="transposed">It is stored as <c>[N, K]</c>.</param>
    public StoredWeights? Stored(int input, bool transposed = false) => Constant(input) is not null && Node.Inputs[input]!.Stored is { } w && w.Multiplies(transposed) ? w : null;

    public bool Wants(int output) => output < Node.Outputs.Count && Node.Outputs[output] is not null;

    public DataType OutputType(int output = 0) => Node.Outputs[output]!.Type;

    /// <summary>Not to be asked of an output that was declared data-dependent.</summary>
    public Shape OutputShape(int output = 0) => Node.Outputs[output]!.Shape!.Value;
}
