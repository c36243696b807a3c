using Edge.Kernels;
using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Tensors;

namespace Edge.Runtime.Passes.Qdq;

/// <summary>
/// Everything elementwise between one dequantized tensor and its quantization is a function of one byte: it becomes a
/// table of 256 entries, computed by the very operators that it replaces. A SiLU, a HardSwish or a scaling by constants
/// costs one lookup an element.
/// </summary>
internal static class LookupFusion
{
    private const int LargestRegion = 32;

    private static readonly HashSet<string> Elementwise =
    [
        "Relu", "Clip", "LeakyRelu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Elu", "Selu", "Celu", "Softplus", "Softsign",
        "ThresholdedRelu", "Mish", "Gelu", "Erf", "Exp", "Log", "Sqrt", "Reciprocal", "Abs", "Neg", "Sign", "Floor", "Ceil", "Round",
        "Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "PRelu",
    ];

    public static bool TryFuse(ModelGraph graph, Node quantize, KernelSet kernels)
    {
        if (Affine8.Quantized(quantize) is not { } to || quantize.Inputs[0]!.Producer is null) return false;
        var region = new Region();
        if (!region.Collect(quantize.Inputs[0]!.Producer!, graph) || region.Source is not { } source || region.Nodes.Count == 0) return false;
        if (source.Integer.IsConstant || quantize.Outputs[0]!.Shape != source.Integer.Shape) return false;
        foreach (var n in region.Nodes)
            if (n.Outputs[0]!.Consumers.Any(c => c != quantize && !region.Nodes.Contains(c)) || graph.IsOutput(n.Outputs[0]!)) return false;

        var table = Tabulate(graph, region.Nodes, source, quantize, kernels);
        var lookup = graph.Make(OperatorCatalog.Internal, "Lookup", region.Nodes[^1].Name,
            [source.Integer, graph.AddConstant(quantize.Name + ".table", table)], [to.Integer]);
        graph.Replace(quantize, lookup);
        return true;
    }

    /// <summary>Runs the region and the quantization over all 256 values, indexed by the raw byte.</summary>
    private static Tensor Tabulate(ModelGraph graph, List<Node> nodes, Affine8 source, Node quantize, KernelSet kernels)
    {
        var bytes = Tensor.Create(source.Type, new Shape(256));
        for (int i = 0; i < 256; i++) bytes.Bytes[i] = (byte)i;
        var real = Evaluate(graph.Make("", "DequantizeLinear", "table", [graph.AddConstant("bytes", bytes), .. source.Parameters(graph, "table")], [new Value("real")]), kernels);
        var known = new Dictionary<Value, Value>();
        foreach (var n in nodes)
        {
            var inputs = n.Inputs.Select(v => v is null || v.IsConstant ? v : known.TryGetValue(v, out var k) ? k : real);
            known[n.Outputs[0]!] = Evaluate(Copy(n, inputs), kernels);
        }

        var parameters = quantize.Inputs.Skip(1);
        return Evaluate(Copy(quantize, [known[quantize.Inputs[0]!], .. parameters]), kernels).Constant!;
    }

    private static Node Copy(Node n, IEnumerable<Value?> inputs)
    {
        var copy = new Node(n.Domain, n.OpType, n.Opset, n.Name, inputs, [new Value(n.Name)]);
        n.Attributes.CopyTo(copy.Attributes);
        return copy;
    }

    private static Value Evaluate(Node node, KernelSet kernels)
    {
        var value = node.Outputs[0]!;
        value.SetConstant(NodeEvaluator.Compute(node, kernels));
        return value;
    }

    private sealed class Region
    {
        /// <summary>In topological order.</summary>
        public List<Node> Nodes { get; } = [];

        public Affine8? Source { get; private set; }

        public bool Collect(Node node, ModelGraph graph)
        {
            if (Nodes.Contains(node)) return true;
            if (node.Domain.Length > 0 || node.Outputs.Count != 1 || Nodes.Count >= LargestRegion) return false;
            if (node.OpType == "DequantizeLinear")
            {
                if (Affine8.Activation(node.Outputs[0]) is not { } q) return false;
                if (Source is not null && (Source.Integer != q.Integer || !Source.SameParameters(q))) return false;
                Source = q;
                return true;
            }

            if (!Elementwise.Contains(node.OpType) || !node.Outputs[0]!.IsStatic) return false;
            foreach (var v in node.Inputs)
            {
                if (v is null || v.Constant is { Count: 1 }) continue;
                if (v.Producer is null || !Collect(v.Producer, graph)) return false;
            }

            if (!Nodes.Contains(node)) Nodes.Add(node);
            return true;
        }
    }
}
