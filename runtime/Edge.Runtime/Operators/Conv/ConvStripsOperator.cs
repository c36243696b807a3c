using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Conv;

/// <summary>
/// A depthwise convolution and the pointwise ones before and after it as one step (<see cref="ConvStrips"/>): input 0 is that of the first,
/// input 1 the last one's residual, if it has one; what the nodes know besides follows. Made by passes.
/// </summary>
internal sealed class ConvStripsOperator() : Operator(Name, OperatorCatalog.Internal)
{
    public const string Name = "ConvStrips";

    private const int Residual = 1;

    /// <param name="graph">Where the node will be.</param>
    /// <param name="stages">In their order, taken out of the graph; none reads anything of the others but the tensor that is handed on.</param>
    /// <param name="plan">The strips.</param>
    public static Node Make(ModelGraph graph, IReadOnlyList<Node> stages, StripPlan plan)
    {
        Value? residual = StageOperator(stages[^1]).ResidualOf(stages[^1]);
        var handed = stages.Take(stages.Count - 1).Select(s => s.Outputs[0]).ToHashSet();
        IEnumerable<Value?> known = stages.SelectMany(s => s.Inputs.Skip(1)).Where(v => v is not null && v != residual && !handed.Contains(v));
        return graph.Make(OperatorCatalog.Internal, Name, stages[^1].Name, [stages[0].Inputs[0], residual, .. known], [stages[^1].Outputs[0]], ("stages", stages.ToArray()), ("rows", (long)plan.Rows));
    }

    /// <summary>The operator of a node that is a stage, or may be; null of others.</summary>
    public static IConvStage? FindStageOperator(Node node) => OperatorCatalog.Find(node.Domain, node.OpType) as IConvStage;

    /// <summary>Each element of the residual is read before the output's element is written.</summary>
    public override bool CanOverwrite(Node node, int input) => input == Residual;

    public override void Infer(InferContext c)
    {
        Value y = c.Attributes.Nodes("stages")[^1].Outputs[0]!;
        c.Output(0, y.Type, y.Shape!.Value);
    }

    public override Executor Prepare(PrepareContext c)
    {
        Node[] stages = c.Attributes.Nodes("stages");
        var geometries = Array.ConvertAll(stages, s => StageOperator(s).StageOf(s)!.Value);
        int at = Array.FindIndex(geometries, g => g.IsDepthwise), elementBytes = stages[at].Inputs[0]!.Type.Size();
        var plan = new StripPlan((int)c.Attributes.Int("rows"));
        var kernels = new PreparedConv[stages.Length];
        ConvStrips strips;
        try
        {
            for (int i = 0; i < stages.Length; i++)
            {
                ConvGeometry g = i == at ? plan.Geometry(geometries[i]) : geometries[i];
                kernels[i] = StageOperator(stages[i]).PrepareKernel(new PrepareContext(stages[i], c.Kernels, c.Threads, c.Packed), g);
            }

            strips = new ConvStrips(
                at > 0 ? kernels[0] : null, geometries[0].InChannels, kernels[at], at + 1 < kernels.Length ? kernels[at + 1] : null,
                geometries[^1].OutChannels * c.OutputType().Size(), geometries[at], plan, elementBytes, StageOperator(stages[at]).PaddingOf(stages[at]), c.Threads);
        }
        catch
        {
            foreach (PreparedConv? kernel in kernels) kernel?.Dispose();
            throw;
        }

        return new ConvStripsExecutor(strips, geometries.Sum(g => g.Macs), geometries[at].Pixels, c.Has(Residual) ? Residual : -1);
    }

    private static IConvStage StageOperator(Node node) => FindStageOperator(node)!;
}
