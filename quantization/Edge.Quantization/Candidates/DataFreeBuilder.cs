using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Report;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Dynamic;
using Edge.Quantization.Rewrite.Opset;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Quantization.Rewrite.WeightOnly;

namespace Edge.Quantization.Candidates;

/// <summary>Makes models of the forms that need no ranges of activations.</summary>
internal static class DataFreeBuilder
{
    /// <summary>Fewer weights take more room as integers: with scale, zero point and the node between.</summary>
    private const int LeastWeights = 256;

    /// <summary>First operator set whose DequantizeLinear knows 4 bits, and scales for blocks.</summary>
    private const int BlockOpset = 21;

    /// <param name="bytes">The float model as a file.</param>
    /// <param name="samples">The first is run to learn shapes and types; null to run zeros where the model says all sizes of its inputs, else to take what it declares.</param>
    /// <param name="options">The form, and what stays float.</param>
    /// <param name="progress">Told after each layer.</param>
    /// <param name="cancellation">Looked at before each layer.</param>
    /// <exception cref="ModelException">There is nothing to quantize, or a node cannot be; the message names it.</exception>
    public static DataFreeModel Build(
        ReadOnlyMemory<byte> bytes, SampleReader? samples, QuantizationOptions options, IProgress<QuantizationProgress>? progress, CancellationToken cancellation)
    {
        progress?.Report(new(QuantizationStage.Prepare, 0, 1));
        (OnnxGraph graph, TensorFacts facts) = ModelPreparation.PrepareWeights(OnnxReader.Read(bytes, "the model"), samples, options.Sessions);
        progress?.Report(new(QuantizationStage.Prepare, 1, 1));
        byte[] source = ModelBytes.Of(graph.Model);
        NodePatterns.Require(graph, options.FloatNodes, "stay in float");
        if (options.Form == QuantizationForm.WeightOnly4) OpsetUpgrade.Apply(graph, facts, BlockOpset);

        var layers = new List<DataFreeLayer>();
        var left = new List<FloatLayerReport>();
        var writer = new WeightOnlyWriter(graph, options);
        var dynamic = new DynamicWriter(graph, facts, options);
        NodeProto[] nodes = [.. graph.Nodes];
        for (int i = 0; i < nodes.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            NodeProto node = nodes[i];
            IReadOnlyList<WeightSite> sites = WeightSite.Of(graph, node);
            string was = node.OpType;
            if (WhyFloat(graph, node, sites, options) is { } reason)
            {
                if (reason.Length > 0) left.Add(new FloatLayerReport(node.Name, was, reason, null));
                continue;
            }
            string name = node.Name;
            string? output = was == "Gather" ? node.Outputs[0] : null;
            StoredWeights stored = (options.Form == QuantizationForm.Dynamic ? dynamic.Write(node, sites) : null) ?? writer.Write(sites, options.Form == QuantizationForm.WeightOnly4 ? 4 : 8);
            layers.Add(new DataFreeLayer(name, node.OpType == was ? was : $"{was} → {node.OpType}", output ?? node.Outputs.FirstOrDefault(o => o.Length > 0), stored));
            progress?.Report(new(QuantizationStage.Weights, i + 1, nodes.Length));
        }
        if (layers.Count == 0) throw NothingToQuantize(left);
        if (graph.Nodes.Exists(n => n.Domain == DynamicWriter.Domain)) graph.Import(DynamicWriter.Domain, 1);
        graph.RemoveDead();
        graph.NameNodes();
        graph.Model.MetadataProps.RemoveAll(p => p.Key == CandidateBuilder.MetadataKey);
        graph.Model.MetadataProps.Add(new StringStringEntryProto { Key = CandidateBuilder.MetadataKey, Value = Quantizer.Version });
        return new DataFreeModel(source, facts, graph, layers, left);
    }

    /// <summary>Null for a node that is quantized; the empty text for one that has no weights, which no report mentions.</summary>
    private static string? WhyFloat(OnnxGraph graph, NodeProto node, IReadOnlyList<WeightSite> sites, QuantizationOptions options)
    {
        if (sites.Count == 0)
        {
            if (OnnxGraph.Bodies(node).Any()) return "weights inside of its bodies stay float";
            if (!OnnxGraph.IsDefaultDomain(node) || node.Inputs.TrueForAll(i => i.Length == 0 || graph.Constant(i) is not null)) return "";
            if (OnnxGraph.Is(node, "MatMul") && node.Inputs.TrueForAll(i => graph.Constant(i) is null)) return "it multiplies two activations";
            return WeightSite.Readers.Contains(node.OpType) ? "its weights are not a float constant" : "";
        }
        if (options.FloatOperators.Contains(node.OpType)) return $"operator {node.OpType} is kept in float by option";
        if (NodePatterns.Match(options.FloatNodes, node.Name) is { } glob) return $"kept in float by option '{glob}'";
        long count = sites.Sum(s => s.Tensor.Count);
        return count < LeastWeights ? $"its {count} weights take less room as they are" : null;
    }

    private static ModelException NothingToQuantize(List<FloatLayerReport> left) => new(left.Count == 0
        ? "nothing to quantize: no Conv, Gemm, MatMul, LSTM, GRU, RNN or Gather of the model has constant weights"
        : $"nothing to quantize: every layer stays float ({string.Join("; ", left.Take(4).Select(l => $"{l.Operator} '{l.Name}': {l.Reason}"))})");
}
