using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Rewrite.Opset;
using Edge.Quantization.Rewrite.Specialization;
using Edge.Tensors;

namespace Edge.Quantization.Rewrite.Preparation;

/// <summary>
/// Brings a float model into the form that is quantized: the same function, up to rounding, with fewer nodes, constants as
/// initializers and an operator set that has per-channel scales.
/// </summary>
internal static class ModelPreparation
{
    /// <summary>Elements of an input of zeros, at most.</summary>
    private const int MostZeros = 1 << 26;

    private static readonly HashSet<string> Integer =
    [
        "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "ConvInteger", "MatMulInteger", "QLinearConv", "QLinearMatMul",
        "MatMulIntegerToFloat", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM", "MatMulNBits", "QAttention", "QGemm",
    ];

    /// <param name="model">Changed in place.</param>
    /// <param name="samples">The first is run to learn shapes and types.</param>
    /// <param name="sessions">What it is run on.</param>
    /// <exception cref="ModelException">The model is quantized already, or a node cannot be brought to the operator set.</exception>
    public static (OnnxGraph Graph, TensorFacts Facts) Prepare(ModelProto model, SampleReader samples, SessionFactory sessions)
    {
        OnnxGraph graph = Clean(model, sessions);
        TensorFacts facts = TensorFacts.Gather(graph, sessions, samples);
        OpsetUpgrade.Apply(graph, facts);
        ConstantFolding.Apply(graph, facts);
        GemmForm.Apply(graph, facts);
        AffineFolding.Apply(graph, facts);
        ScalarArithmetic.Apply(graph, facts);
        SpatialMean.Apply(graph, facts);
        graph.RemoveDead();
        graph.NameNodes();
        return (graph, facts);
    }

    /// <summary>The same where only weights become integers: nothing is rewritten for the sake of integer operators.</summary>
    /// <param name="model">Changed in place.</param>
    /// <param name="samples">The first is run to learn shapes and types; null to take zeros where the model says all sizes of its inputs and runs on them, else what it declares.</param>
    /// <param name="sessions">What it is run on.</param>
    /// <exception cref="ModelException">The model is quantized already, or a node cannot be brought to the operator set.</exception>
    public static (OnnxGraph Graph, TensorFacts Facts) PrepareWeights(ModelProto model, SampleReader? samples, SessionFactory sessions)
    {
        OnnxGraph graph = Clean(model, sessions);
        TensorFacts facts = samples is not null ? TensorFacts.Gather(graph, sessions, samples) : OfZeros(graph, sessions) ?? TensorFacts.Declared(graph, sessions);
        OpsetUpgrade.Apply(graph, facts);
        ConstantFolding.Apply(graph, facts);
        GemmForm.Normalize(graph);
        AffineFolding.Apply(graph, facts);
        graph.RemoveDead();
        graph.NameNodes();
        return (graph, facts);
    }

    /// <summary>Names for all nodes, branches that are known to be taken in their place, constants as initializers, nothing that does nothing.</summary>
    private static OnnxGraph Clean(ModelProto model, SessionFactory sessions)
    {
        if (!model.HasGraph) throw new ModelException("the model has no graph");
        if (model.Graph.Nodes.Find(n => Integer.Contains(n.OpType) || n.OpType.StartsWith("QLinear", StringComparison.Ordinal)) is { } quantized)
            throw new ModelException($"{OnnxGraph.Describe(quantized)}: the model is quantized already; quantize the float model that it was made from");
        if (!model.OpsetImports.Exists(o => o.Domain is "" or "ai.onnx")) throw new ModelException("nothing to quantize: the model has none of ONNX's own operators");
        var graph = new OnnxGraph(model);
        BranchInlining.Apply(graph, sessions);
        graph.NameNodes();
        ConstantNodes.Lift(graph);
        IdentityRemoval.Apply(graph);
        graph.RemoveDead();
        return graph;
    }

    /// <summary>
    /// What a run on zeros tells; null where a size or type is left open, or the model does not run on them: its values may be too
    /// large to be looked at all at once, and zeros may be nothing that it was made for. What it declares is enough then.
    /// </summary>
    private static TensorFacts? OfZeros(OnnxGraph graph, SessionFactory sessions)
    {
        if (!graph.Model.Graph.Inputs.TrueForAll(IsKnown)) return null;
        Tensor[] zeros = [.. graph.Model.Graph.Inputs.Select(i => Tensor.Create((DataType)i.Type!.Tensor!.ElemType, new Shape([.. i.Type.Tensor.Shape!.Dims.Select(d => (int)d.Value!)])))];
        try
        {
            return TensorFacts.Gather(graph, sessions, new SampleReader(new DelegateCalibrationSource("zeros", 1, _ => [zeros]), null));
        }
        catch (ModelException)
        {
            return null;
        }
    }

    private static bool IsKnown(ValueInfoProto input) =>
        input.Type?.Tensor is { Shape: { } shape } type
        && (DataType)type.ElemType is DataType.Float32 or DataType.Float64 or DataType.Float16 or DataType.BFloat16 or DataType.Int8 or DataType.UInt8 or DataType.Int16 or DataType.UInt16 or DataType.Int32 or DataType.UInt32 or DataType.Int64 or DataType.UInt64 or DataType.Bool
        && shape.Dims.TrueForAll(d => d.Value is > 0)
        && shape.Dims.Aggregate(1.0, (n, d) => n * d.Value!.Value) <= MostZeros;
}
