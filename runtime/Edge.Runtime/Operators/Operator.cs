using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators;

/// <summary>
/// What the runtime knows about one ONNX operator: its folder holds the attributes, the shape inference and the
/// executors, and one line in <see cref="OperatorCatalog"/> makes it known. Instances are shared and immutable.
/// </summary>
/// <param name="opType">The name in the model.</param>
/// <param name="domain">The ONNX domain; "" is the default one.</param>
/// <param name="minOpset">First version of the domain's operator set whose definition is implemented.</param>
/// <param name="maxOpset">Last one.</param>
internal abstract class Operator(string opType, string domain = "", int minOpset = 1, int maxOpset = 25)
{
    public string OpType { get; } = opType;

    public string Domain { get; } = domain;

    public int MinOpset { get; } = minOpset;

    public int MaxOpset { get; } = maxOpset;

    /// <summary>
    /// Reads and validates every attribute and states type and shape of each output. Anything that is not supported
    /// ends here, in <see cref="InferContext.Error"/>. Attributes that are present and not read are refused by the caller.
    /// </summary>
    public abstract void Infer(InferContext c);

    /// <summary>Chooses kernels, packs weights. Called once a plan, after <see cref="Infer"/>, with concrete shapes.</summary>
    public abstract Executor Prepare(PrepareContext c);

    /// <summary>
    /// The elements of output 0 where they follow from attributes and from the types and shapes of the inputs alone
    /// (Shape, Size, Constant); else null. Called after <see cref="Infer"/>.
    /// </summary>
    public virtual Tensor? Fold(Node node) => null;

    /// <summary>The input whose bytes output 0 is, so that no work is done at all (Reshape, Identity); −1 for none.</summary>
    public virtual int ViewOfInput(Node node) => -1;

    /// <summary>
    /// The input whose bytes, from <c>Offset</c> on, output <paramref name="output"/> is, so that no work is done at all;
    /// null where it is none. Only if all outputs are, the node is not executed.
    /// </summary>
    public virtual (int Input, nint Offset)? ViewOf(Node node, int output) =>
        output == 0 && ViewOfInput(node) is >= 0 and var input ? (input, 0) : null;

    /// <summary>
    /// Where in the bytes of output 0 those of input <paramref name="input"/> lie as they are, so that whatever makes the
    /// input may write it there (Concat); null where they do not. The executor leaves alone what is there already.
    /// </summary>
    public virtual nint? PlaceInOutput(Node node, int input) => null;

    /// <summary>Whether output 0 may share the memory of input <paramref name="input"/>, given equal byte length.</summary>
    public virtual bool CanOverwrite(Node node, int input) => false;

    /// <summary>How <paramref name="node"/> takes float16 and bfloat16.</summary>
    public virtual HalfRole Halves(Node node) => HalfRole.Computes;

    /// <summary>
    /// For <see cref="HalfRole.Computes"/>, the type that the definition gives output <paramref name="output"/> where it is a
    /// floating-point number: that of the first floating-point input. Called with the inputs that the model wrote.
    /// </summary>
    public virtual DataType ResultType(Node node, int output) =>
        node.Inputs.FirstOrDefault(v => v is not null && v.Type.IsFloatingPoint())?.Type ?? DataType.Float32;

    /// <summary>
    /// Whether executors work where output 0 is left out. For all others it has memory all the same, which nobody reads.
    /// </summary>
    public virtual bool MayLeaveOutFirst => false;

    public virtual LayoutRole Layout => LayoutRole.Opaque;

    /// <summary>Whether input <paramref name="input"/> is an activation that follows the layout (as opposed to weights or axes).</summary>
    public virtual bool TakesLayout(Node node, int input) => Layout == LayoutRole.ChannelsLast ? input == 0 : Layout == LayoutRole.Follows;

    /// <summary>
    /// Rewrites <paramref name="node"/> — attributes, constant inputs — so that its layout inputs and its outputs, all of
    /// rank <paramref name="rank"/>, are channels-last. Inputs and outputs are exchanged, and shapes permuted, by the
    /// caller. Returns false, having changed nothing, where that cannot be done.
    /// </summary>
    /// <remarks>
    /// Axis <c>a</c> of the original layout is axis <see cref="ChannelsLastAxis"/> of the new one. The default suits
    /// elementwise operators and sets <c>channels_last = 1</c> for <see cref="LayoutRole.ChannelsLast"/> ones.
    /// </remarks>
    public virtual bool ToChannelsLast(Node node, ModelGraph graph, int rank)
    {
        if (Layout == LayoutRole.ChannelsLast) node.Attributes.Set("channels_last", 1L);
        return Layout != LayoutRole.Opaque;
    }

    /// <summary>Where axis <paramref name="axis"/> of <c>[N, C, spatial…]</c> lies in <c>[N, spatial…, C]</c>.</summary>
    public static int ChannelsLastAxis(int axis, int rank) => axis == 0 ? 0 : axis == 1 ? rank - 1 : axis - 1;

    /// <summary>The permutation from <c>[N, C, spatial…]</c> to <c>[N, spatial…, C]</c>: new axis i is old axis <c>p[i]</c>.</summary>
    public static int[] ChannelsLastPermutation(int rank)
    {
        var p = new int[rank];
        for (int a = 0; a < rank; a++) p[ChannelsLastAxis(a, rank)] = a;
        return p;
    }
}
