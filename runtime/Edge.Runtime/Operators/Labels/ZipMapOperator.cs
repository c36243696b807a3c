using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Reshape;
using Edge.Runtime.Operators.Scores;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Labels;

/// <summary>
/// ZipMap: ONNX's sequence of maps, one a row, is here the tensor <c>[N, classes]</c> that it is made of; the keys of the maps
/// are <see cref="TensorInfo.Columns"/> of the graph's output, which is the only place for it.
/// </summary>
internal sealed class ZipMapOperator() : Operator("ZipMap", OperatorCatalog.MachineLearning, 1, OperatorCatalog.LatestMachineLearning)
{
    public override int ViewOfInput(Node node) => 0;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32);
        c.RequireRank(0, 1, 2);
        var labels = ClassLabels.Read(c.Node, "classlabels_strings", "classlabels_int64s");
        var x = c.Shape(0);
        if (x[^1] != labels.Count) throw c.Error($"{labels.Count} class labels do not fit scores {x}");
        c.Output(0, DataType.Float32, x.Rank == 2 ? x : new Shape(1, x[0]));
    }

    public override Executor Prepare(PrepareContext c) => new ViewExecutor("zipmap", (nint)c.Shape(0).Count * sizeof(float));
}
