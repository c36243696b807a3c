using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Runtime.Operators.MatMul;
using Edge.Runtime.Operators.Quantization;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>
/// Matrices behind a DequantizeLinear of constants of 8 or 4 bits that products multiply with stay integers: the value is known, but its
/// float32 elements are made only if somebody asks for them. All passes see a constant; of who reads it, MatMul and Gemm take the integers.
/// </summary>
/// <remarks>
/// Everything else gets float32 weights, when the model is loaded: convolutions and recurrent layers, whose weights are few or read often in a run, so
/// that conversion would cost again and again what float32 costs once; stacks of matrices; scales that do not run along the sum; and matrices of
/// less than <see cref="LeastWeights"/>, which fit the cache as float32 and are faster so in products of several rows, while there is little to be saved.
/// </remarks>
internal static class WeightOnlyProducts
{
    /// <summary>64 KB of float32.</summary>
    private const int LeastWeights = 16 * 1024;

    public static void Run(ModelGraph graph)
    {
        foreach (var node in graph.Nodes.ToArray())
        {
            if (node.OpType != "DequantizeLinear" || node.Outputs is not [{ Type: DataType.Float32, Shape: { Rank: 2, Count: >= LeastWeights } } value] || graph.IsOutput(value)) continue;
            if (Read(node) is not { } stored) continue;
            foreach (var left in value.Consumers.Where(c => IsOnTheLeft(c, value)).ToArray()) Turn(graph, left, stored.Transposed());
            bool right = value.Consumers.Any(c => TakesIntegers(c, value, stored));
            if (!right && value.Consumers.Count > 0) continue;
            graph.Remove(node);
            if (right) value.SetStored(stored);
        }
    }

    /// <summary>Makes MatMul of MatMulNBits, so that what follows becomes part of it.</summary>
    public static void TakeNBits(ModelGraph graph)
    {
        foreach (var node in graph.Nodes.ToArray())
        {
            if (node is not { Domain: OperatorCatalog.Microsoft, OpType: "MatMulNBits", Outputs: [{ IsStatic: true } result] }) continue;
            var weights = graph.AddValue(node.Name + ".weights", DataType.Float32, null);
            weights.SetStored(MatMulNBitsOperator.Stored(node));
            Value?[] inputs = node.Has(MatMulNBitsOperator.Bias) ? [node.Inputs[MatMulNBitsOperator.A], weights, node.Inputs[MatMulNBitsOperator.Bias]] : [node.Inputs[MatMulNBitsOperator.A], weights];
            graph.Replace(node, graph.Make("", "MatMul", node.Name, inputs, [result]));
        }
    }

    private static bool IsOnTheLeft(Node node, Value weights) =>
        node is { Domain: "", OpType: "MatMul", Outputs: [{ IsStatic: true }] } && node.Inputs[0] == weights
            && node.Inputs[1] is { IsStatic: true, Type: DataType.Float32, Shape.Rank: > 0 } x && x != weights;

    /// <summary>Kernels have weights on the right: <c>W·x</c> becomes <c>(xᵀ·Wᵀ)ᵀ</c>, and what is moved is little beside the weights.</summary>
    private static void Turn(ModelGraph graph, Node node, StoredWeights transposed)
    {
        if (!transposed.Multiplies(transposed: false)) return;
        Value x = node.Inputs[1]!, y = node.Outputs[0]!;
        var weights = graph.AddValue(node.Inputs[0]!.Name, DataType.Float32, null);
        weights.SetStored(transposed);
        int rank = x.Shape!.Value.Rank;
        if (rank == 1)
        {
            graph.Replace(node, graph.Make("", "MatMul", node.Name, [x, weights], [y]));
            return;
        }

        long[] exchange = [.. Enumerable.Range(0, rank - 2).Select(i => (long)i), rank - 1, rank - 2];
        Value Exchanged(Value v) => graph.AddValue(v.Name, DataType.Float32, new Shape([.. exchange.Select(i => v.Shape!.Value[(int)i])]));
        Value rows = Exchanged(x), product = Exchanged(y);
        graph.InsertBefore(node, graph.Make("", "Transpose", x.Name, [x], [rows], ("perm", exchange)));
        graph.InsertBefore(node, graph.Make("", "MatMul", node.Name, [rows, weights], [product]));
        graph.Replace(node, graph.Make("", "Transpose", y.Name, [product], [y], ("perm", exchange)));
    }

    private static bool TakesIntegers(Node node, Value weights, StoredWeights stored)
    {
        if (node.Domain.Length > 0 || node.Input(1) != weights || node.Inputs[0] == weights) return false;
        return node.OpType switch
        {
            "MatMul" => stored.Multiplies(transposed: false),
            "Gemm" => stored.Multiplies(node.Attributes.Int("transB", 0) != 0),
            _ => false,
        };
    }

    private static StoredWeights? Read(Node node)
    {
        if (node.Constant(0) is not { } codes || node.Constant(1) is not { Type: DataType.Float32 } scales || (node.Has(2) && node.Constant(2) is null)) return null;
        if (codes.Type is not (DataType.Int8 or DataType.UInt8 or DataType.Int4 or DataType.UInt4)) return null;
        var shape = codes.Shape;
        var (rowBlock, columnBlock) = (shape[0], shape[1]);
        if (Blocks.Read(node, shape) is { } blocks)
        {
            if (node.Axis(node.Attributes.Int("axis", 1), shape.Rank) == 0) (rowBlock, columnBlock) = ((int)blocks.Size, 1);
            else (rowBlock, columnBlock) = (1, (int)blocks.Size);
        }
        else if (scales.Count > 1)
        {
            if (node.Axis(node.Attributes.Int("axis", 1), shape.Rank) == 0) rowBlock = 1;
            else columnBlock = 1;
        }

        int columns = (shape[1] + columnBlock - 1) / columnBlock;
        return new StoredWeights(shape, codes.Type.PackedBits() == 4 ? 4 : 8, codes.Type.Unpacked() == DataType.Int8, codes)
        {
            RowStep = shape[1],
            ColumnStep = 1,
            RowBlock = rowBlock,
            ColumnBlock = columnBlock,
            ScaleRowStep = columns,
            ScaleColumnStep = 1,
            Scales = scales.AsSpan<float>().ToArray(),
            ZeroPoints = ZeroPoints(node.Constant(2)),
        };
    }

    private static float[] ZeroPoints(Tensor? constant) => constant is null ? []
        : constant.Type.Unpacked() == DataType.Int8 ? Array.ConvertAll(constant.Bytes.ToArray(), z => (float)(sbyte)z)
        : Array.ConvertAll(constant.Bytes.ToArray(), z => (float)z);
}
