using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>MatMul by constant weights <c>[K,N]</c>, followed by the addition of a constant, becomes MatMul with a bias <c>[N]</c> as third input.</summary>
internal static class BiasFusion
{
    public static void Run(ModelGraph graph)
    {
        foreach (var node in graph.Nodes.ToArray())
        {
            if (node.Domain.Length > 0 || node.OpType != "MatMul" || node.Has(2) || node.Constant(1) is not { Type: DataType.Float32, Shape.Rank: 2 }) continue;
            var y = node.Outputs[0]!;
            if (!y.IsStatic || y.Shape!.Value.Rank == 0 || graph.OnlyConsumer(y) is not { OpType: "Add", Domain: "" } add) continue;
            var shape = y.Shape.Value;
            if (add.Outputs[0]!.Shape != shape) continue;
            if (ChannelConstant.Read(add.Inputs[add.Inputs[0] == y ? 1 : 0], shape, shape.Rank - 1) is not { } bias) continue;
            node.SetInput(2, graph.AddConstant(node.Name + ".bias", Tensor.Create<float>(new Shape(bias.Length), bias)));
            var result = add.Outputs[0]!;
            graph.Remove(add);
            node.SetOutput(0, result);
        }
    }
}
