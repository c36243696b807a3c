using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Recurrent;

/// <summary>
/// What LSTM, GRU, RNN and their quantized forms have in common: inputs X, W, R, B, sequence_lens, initial_h, of which all but
/// the first three may be left out, and the attributes that say which way the sequences run.
/// </summary>
/// <param name="Shape">The sizes.</param>
/// <param name="Reverse">Whether the first direction runs from the end.</param>
/// <param name="Clip">Arguments of gates are clipped to <c>[−Clip, Clip]</c>.</param>
internal readonly record struct RecurrentNode(RecurrentShape Shape, bool Reverse, float Clip)
{
    public const int X = 0, W = 1, R = 2, B = 3, SequenceLens = 4, InitialH = 5, InitialC = 6, Peepholes = 7;

    /// <param name="node">The node; the shapes of X, W and R are known.</param>
    /// <param name="gates">Rows of W for each hidden unit.</param>
    /// <param name="transposed">W is <c>[directions, input, gates·hidden]</c> and R likewise; else their last axes are exchanged.</param>
    /// <exception cref="Onnx.ModelException">An attribute is not supported, or the shapes do not fit.</exception>
    public static RecurrentNode Read(Node node, int gates, bool transposed = false)
    {
        string direction = node.Attributes.String("direction", "forward");
        int directions = direction switch
        {
            "forward" or "reverse" => 1,
            "bidirectional" => 2,
            _ => throw node.Error($"direction '{direction}' is not supported; supported: forward, reverse, bidirectional"),
        };
        bool batchFirst = node.Opset >= 14 && node.Domain.Length == 0 && node.Attributes.Int("layout", 0) switch
        {
            0 => false,
            1 => true,
            var other => throw node.Error($"layout {other} is not supported; supported: 0, 1"),
        };
        float clip = node.Attributes.Float("clip", float.PositiveInfinity);
        if (!(clip > 0)) throw node.Error($"clip {clip} is not supported; supported: numbers above 0");
        var x = Of(node, X, 3);
        _ = Of(node, W, 3);
        var r = Of(node, R, 3);
        int hidden = r[transposed ? 1 : 2], input = x[2];
        if (node.Attributes.Int("hidden_size", hidden) is var stated && stated != hidden)
            throw node.Error($"hidden_size is {stated}, but R {r} is for {hidden}");
        if (hidden == 0 || input == 0) throw node.Error($"input of {input} and hidden state of {hidden} elements are not supported; supported: at least 1");
        Require(node, W, transposed ? [directions, input, gates * hidden] : [directions, gates * hidden, input]);
        Require(node, R, transposed ? [directions, hidden, gates * hidden] : [directions, gates * hidden, hidden]);
        var shape = batchFirst ? new RecurrentShape(x[1], x[0], input, hidden, directions, true) : new RecurrentShape(x[0], x[1], input, hidden, directions, false);
        Require(node, B, [directions, 2 * gates * hidden]);
        Require(node, SequenceLens, [shape.Batch]);
        Require(node, InitialH, shape.State.ToArray());
        return new RecurrentNode(shape, direction == "reverse", clip);
    }

    /// <summary>Fails unless an input that is given has the shape.</summary>
    public static void Require(Node node, int input, int[] dims)
    {
        if (node.Has(input) && Of(node, input, dims.Length) is var s && s != new Shape(dims))
            throw node.Error($"input {input} '{node.Inputs[input]!.Name}' of shape {s} does not fit; it must be {new Shape(dims)}");
    }

    private static Shape Of(Node node, int input, int rank)
    {
        var shape = node.Input(input)?.Shape ?? throw node.Error($"input {input} is required and missing");
        return shape.Rank == rank ? shape : throw node.Error($"input {input} '{node.Inputs[input]!.Name}' has rank {shape.Rank} ({shape}); the operator takes rank {rank}");
    }
}
