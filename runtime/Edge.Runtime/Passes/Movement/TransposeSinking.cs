using Edge.Kernels;
using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Runtime.Operators.Binary;
using Edge.Runtime.Operators.Cast;
using Edge.Runtime.Operators.Transpose;
using Edge.Runtime.Operators.Unary;
using Edge.Tensors;

namespace Edge.Runtime.Passes.Movement;

/// <summary>
/// A transposition before elementwise steps goes behind them where another one waits, with which it becomes one copy, or
/// none. Two operands transposed alike are transposed once, behind their operator. What is concatenated before a transposition
/// that takes back others is concatenated as it was before those; and bytes that become numbers on their way are transposed as bytes.
/// </summary>
internal static class TransposeSinking
{
    /// <summary>Steps that are looked through for another transposition.</summary>
    private const int LongestChain = 16;

    public static void Run(ModelGraph graph, KernelSet kernels)
    {
        foreach (var node in graph.Nodes.ToArray())
        {
            int[]? perm = Permutation(node);
            if (perm is not null && Chain(graph, node) is { } chain) Sink(graph, node, chain, perm, kernels);
            else if (perm is not null && !TryJoin(graph, node, perm)) TryDivide(graph, node, perm);
            else if (perm is null) TryMerge(graph, node);
        }
    }

    /// <summary>The elementwise steps from <paramref name="transpose"/> to the next transposition; null if there is none.</summary>
    private static List<Node>? Chain(ModelGraph graph, Node transpose)
    {
        var chain = new List<Node>();
        for (var at = transpose.Outputs[0]!; chain.Count <= LongestChain && graph.OnlyConsumer(at) is { } next; at = next.Outputs[0]!)
        {
            if (Permutation(next) is not null) return chain.Count > 0 ? chain : null;
            if (!IsElementwise(next, at)) return null;
            chain.Add(next);
        }

        return null;
    }

    /// <summary>Whether the node works on each element of <paramref name="x"/> alone, with constants at most.</summary>
    private static bool IsElementwise(Node node, Value x)
    {
        if (node.Outputs is not [{ IsStatic: true } y] || y.Shape != x.Shape) return false;
        return OperatorCatalog.Find(node.Domain, node.OpType) switch
        {
            UnaryOperator or CastOperator => true,
            ClipOperator => node.Inputs[0] == x,
            BinaryOperator => node.Inputs.Count == 2 && node.Inputs.Any(v => v is { IsConstant: true }),
            _ => false,
        };
    }

    private static void Sink(ModelGraph graph, Node transpose, List<Node> chain, int[] perm, KernelSet kernels)
    {
        int[] back = new int[perm.Length];
        for (int i = 0; i < perm.Length; i++) back[perm[i]] = i;
        Value from = transpose.Outputs[0]!, to = transpose.Inputs[0]!;
        foreach (var node in chain)
        {
            bool binary = node.Inputs.Count == 2 && OperatorCatalog.Find(node.Domain, node.OpType) is BinaryOperator;
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                if (node.Inputs[i] == from) node.SetInput(i, to);
                else if (binary) node.SetInput(i, Permuted(graph, node.Inputs[i]!, back, kernels));
            }

            from = node.Outputs[0]!;
            to = graph.AddValue(from.Name, from.Type, new Shape(Array.ConvertAll(back, a => from.Shape!.Value[a])));
            node.SetOutput(0, to);
        }

        graph.Remove(transpose);
        var last = from.Consumers[0];
        int[] both = Array.ConvertAll(Permutation(last)!, a => perm[a]);
        if (both.AsSpan().SequenceEqual(both.Order().ToArray()))
        {
            graph.ReplaceUses(last.Outputs[0]!, to);
            graph.Remove(last);
            return;
        }

        last.SetInput(0, to);
        last.Attributes.Set("perm", Array.ConvertAll(both, a => (long)a));
    }

    /// <summary>A constant operand with its axes put back.</summary>
    private static Value Permuted(ModelGraph graph, Value v, int[] perm, KernelSet kernels)
    {
        var t = v.Constant!;
        if (t.Count == 1) return v;
        int[] dims = [.. Enumerable.Repeat(1, perm.Length - t.Shape.Rank), .. t.Shape.ToArray()];
        var whole = graph.AddConstant(v.Name, t.Reshape(new Shape(dims)));
        var result = graph.AddValue(v.Name, t.Type, new Shape(Array.ConvertAll(perm, a => dims[a])));
        var node = graph.Make("", "Transpose", v.Name, [whole], [result], ("perm", Array.ConvertAll(perm, a => (long)a)));
        return graph.AddConstant(v.Name, NodeEvaluator.Compute(node, kernels));
    }

    private static void TryMerge(ModelGraph graph, Node node)
    {
        if (node.Outputs is not [{ IsStatic: true } y] || OperatorCatalog.Find(node.Domain, node.OpType) is not BinaryOperator) return;
        if (node.Inputs is not [{ Producer: { } a }, { Producer: { } b }] || Permutation(a) is not { } perm || Permutation(b) is not { } other) return;
        if (!perm.AsSpan().SequenceEqual(other) || graph.OnlyConsumer(node.Inputs[0]!) is null || graph.OnlyConsumer(node.Inputs[1]!) is null) return;
        var dims = new int[perm.Length];
        for (int i = 0; i < perm.Length; i++) dims[perm[i]] = y.Shape!.Value[i];
        var result = graph.AddValue(y.Name, y.Type, new Shape(dims));
        node.SetInput(0, a.Inputs[0]);
        node.SetInput(1, b.Inputs[0]);
        node.SetOutput(0, result);
        graph.InsertAfter(node, graph.Make("", "Transpose", y.Name, [result], [y], ("perm", Array.ConvertAll(perm, p => (long)p))));
        graph.Remove(a);
        graph.Remove(b);
    }

    /// <summary>A transposition of what is concatenated goes, where each part needs no copy then.</summary>
    private static bool TryJoin(ModelGraph graph, Node transpose, int[] perm)
    {
        if (Concatenation(graph, transpose) is not { } concat) return false;
        var parts = new List<StridedView>();
        foreach (var v in concat.Inputs)
        {
            if (v is not { IsStatic: true, IsConstant: false } || v.Shape!.Value.Count == 0 || StridedView.Of(v).Permuted(perm) is not { IsReshape: true } part) return false;
            parts.Add(part);
        }

        for (int i = 0; i < parts.Count; i++)
        {
            var part = graph.AddValue(concat.Inputs[i]!.Name, concat.Inputs[i]!.Type, new Shape(parts[i].Dims));
            graph.InsertBefore(concat, graph.MakeReshape(parts[i].Source, part));
            concat.SetInput(i, part);
        }

        MoveBefore(graph, transpose, concat, perm);
        return true;
    }

    /// <summary>
    /// What is transposed behind a concatenation that then needs no copy is transposed before it, part by part: of dequantized parts
    /// the bytes, which are a quarter of the numbers.
    /// </summary>
    private static void TryDivide(ModelGraph graph, Node transpose, int[] perm)
    {
        if (Concatenation(graph, transpose) is not { } concat || transpose.Outputs[0]!.Shape!.Value.Product(0, Axis(concat, perm)) != 1) return;
        if (concat.Inputs.Any(v => v is not { IsStatic: true, IsConstant: false }) || !concat.Inputs.Any(v => Dequantization(graph, v!) is not null)) return;
        for (int i = 0; i < concat.Inputs.Count; i++)
        {
            var part = concat.Inputs[i]!;
            if (Dequantization(graph, part) is not { } dequantize)
            {
                concat.SetInput(i, Transposed(graph, part, perm, concat));
                continue;
            }

            dequantize.SetInput(0, Transposed(graph, dequantize.Inputs[0]!, perm, dequantize));
            var numbers = graph.AddValue(part.Name, part.Type, dequantize.Inputs[0]!.Shape);
            dequantize.SetOutput(0, numbers);
            concat.SetInput(i, numbers);
        }

        MoveBefore(graph, transpose, concat, perm);
    }

    /// <summary>The concatenation whose result nobody but <paramref name="transpose"/> reads; null if there is none.</summary>
    private static Node? Concatenation(ModelGraph graph, Node transpose) =>
        transpose.Inputs[0] is { Producer: { OpType: "Concat", Domain: "" } concat, Shape.Count: > 0 } x && graph.OnlyConsumer(x) == transpose ? concat : null;

    /// <summary>What makes numbers of bytes with one scale, for one reader; null if it is something else.</summary>
    private static Node? Dequantization(ModelGraph graph, Value part) =>
        part.Producer is { OpType: "DequantizeLinear", Domain: "", Inputs: [{ IsStatic: true, IsConstant: false }, ..] } dequantize && graph.OnlyConsumer(part) is not null
            && dequantize.Inputs[1]?.Shape is { Count: 1 } && dequantize.Attributes.Int("block_size", 0) == 0 ? dequantize : null;

    private static Value Transposed(ModelGraph graph, Value x, int[] perm, Node before)
    {
        var y = graph.AddValue(x.Name, x.Type, new Shape(Array.ConvertAll(perm, a => x.Shape!.Value[a])));
        graph.InsertBefore(before, graph.Make("", "Transpose", y.Name, [x], [y], ("perm", Array.ConvertAll(perm, a => (long)a))));
        return y;
    }

    /// <summary>Where the axis comes to lie that is concatenated.</summary>
    private static int Axis(Node concat, int[] perm) => Array.IndexOf(perm, concat.Axis(concat.Attributes.Int("axis"), perm.Length));

    /// <summary>The parts have been transposed: takes the transposition behind the concatenation away.</summary>
    private static void MoveBefore(ModelGraph graph, Node transpose, Node concat, int[] perm)
    {
        concat.Attributes.Set("axis", (long)Axis(concat, perm));
        var y = transpose.Outputs[0]!;
        graph.Remove(transpose);
        concat.SetOutput(0, y);
    }

    private static int[]? Permutation(Node node) =>
        node is { OpType: "Transpose", Domain: "", Inputs: [{ IsStatic: true, IsConstant: false } x], Outputs: [{ IsStatic: true }] }
            ? TransposeOperator.Permutation(node, x.Shape!.Value.Rank) : null;
}
