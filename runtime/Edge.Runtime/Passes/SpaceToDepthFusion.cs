using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Runtime.Passes.Movement;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>
/// A convolution over blocks of pixels that became channels — SpaceToDepth, or the slices of every other pixel that a "focus"
/// layer concatenates — becomes one over the pixels: kernel, strides and padding grow by the block, and the weights change places.
/// Nothing is moved then, and as many products are summed as before, in another order.
/// </summary>
internal static class SpaceToDepthFusion
{
    /// <summary>
    /// Most channels of the pixels. With few, kernel rows are read as they lie; with many, a convolution over smaller kernels may
    /// be worth more than the copy that it needs.
    /// </summary>
    private const int MaxChannels = 4;

    public static void Run(ModelGraph graph)
    {
        foreach (var conv in graph.Nodes.ToArray())
        {
            if (conv is not { Domain: "", OpType: "Conv" or "QLinearConv", Inputs: [{ Producer: { } blocks } x, ..] } || graph.OnlyConsumer(x) != conv) continue;
            if (!IsDense(conv)) continue;
            int w = Weights(conv);
            if (conv.Constant(w) is not { Shape.Rank: 4 } weights) continue;
            if (Read(blocks) is not { } squares || weights.Shape[1] != squares.Places.Length) continue;

            long[] pads = conv.Attributes.Ints("pads") ?? [0, 0, 0, 0], strides = conv.Attributes.Ints("strides") ?? [1, 1];
            int height = squares.Height, width = squares.Width;
            var grown = Grow(weights, squares);
            conv.Attributes.Set("kernel_shape", new long[] { grown.Shape[2], grown.Shape[3] });
            conv.Attributes.Set("strides", new[] { strides[0] * height, strides[1] * width });
            conv.Attributes.Set("pads", new[] { pads[0] * height, pads[1] * width, pads[2] * height, pads[3] * width });
            conv.SetInput(w, graph.AddConstant(conv.Inputs[w]!.Name, grown));
            conv.SetInput(0, squares.Source);
        }

        DeadNodeElimination.Run(graph);
    }

    private static bool IsDense(Node conv) =>
        conv.Attributes.Int("group", 1) == 1
        && (conv.Attributes.Ints("dilations") ?? []).All(d => d == 1)
        && conv.Attributes.String("auto_pad", "NOTSET") is "NOTSET" or "VALID";

    /// <summary>The input that holds the weights. Per-channel parameters count output channels, which stay what they are.</summary>
    private static int Weights(Node conv) => conv.OpType == "Conv" ? 1 : 3;

    /// <summary>The blocks that <paramref name="node"/> makes channels of; null if it does something else.</summary>
    private static Squares? Read(Node node) => node switch
    {
        { Domain: "", OpType: "SpaceToDepth", Inputs: [{ IsStatic: true } x] } => OfOperator(node, x),
        { OpType: "Concat" or "QLinearConcat", Outputs: [{ IsStatic: true, Shape.Rank: 4 }] } when node.Axis(node.Attributes.Int("axis"), 4) == 1 && Parts(node) is { } parts => OfParts(parts),
        _ => null,
    };

    /// <summary>What is concatenated as it is; null where some part is quantized otherwise than the whole.</summary>
    private static Value?[]? Parts(Node concat)
    {
        if (concat is { OpType: "Concat", Domain: "" }) return [.. concat.Inputs];
        if (concat is not { OpType: "QLinearConcat", Domain: OperatorCatalog.Microsoft }) return null;
        // Scale and zero point of the whole, then each part with its own.
        for (int i = 3; i < concat.Inputs.Count; i += 3)
            if (!Same(concat, 0, i) || !Same(concat, 1, i + 1)) return null;
        return [.. concat.Inputs.Skip(2).Where((_, i) => i % 3 == 0)];
    }

    private static bool Same(Node node, int a, int b) =>
        node.Constant(a) is { } x && node.Constant(b) is { } y && x.Type == y.Type && x.Bytes.SequenceEqual(y.Bytes);

    private static Squares? OfOperator(Node node, Value x)
    {
        int block = (int)node.Attributes.Int("blocksize"), channels = x.Shape!.Value[1];
        if (channels > MaxChannels) return null;
        var places = new List<Place>();
        for (int row = 0; row < block; row++)
            for (int column = 0; column < block; column++)
                for (int c = 0; c < channels; c++) places.Add(new Place(c, row, column));
        return new Squares(x, block, block, [.. places]);
    }

    /// <summary>Each part is one pixel of each block, with all channels of it, and each pixel is one part.</summary>
    private static Squares? OfParts(Value?[] parts)
    {
        if (parts is not [{ IsStatic: true } first, ..] || first.Shape!.Value is not { Rank: 4, Count: > 0 } part) return null;
        var x = StridedView.Of(first).Source;
        if (x.Shape!.Value is not { Rank: 4 } pixels || pixels[1] != part[1] || pixels[1] > MaxChannels || pixels[2] % part[2] != 0 || pixels[3] % part[3] != 0) return null;
        int height = pixels[2] / part[2], width = pixels[3] / part[3];
        if (parts.Length != height * width || parts.Length == 1) return null;

        int[] strides = pixels.Strides();
        long[] expected = [strides[0], strides[1], (long)strides[2] * height, width];
        for (int a = 0; a < 4; a++)
            if (part[a] == 1) expected[a] = 0;
        var places = new List<Place>();
        foreach (var v in parts)
        {
            if (v is not { IsStatic: true } || v.Shape != part) return null;
            var view = StridedView.Of(v);
            (long row, long column) = Math.DivRem(view.Offset, pixels[3]);
            if (view.Source != x || !view.Strides.SequenceEqual(expected) || row >= height || column >= width) return null;
            for (int c = 0; c < part[1]; c++) places.Add(new Place(c, (int)row, (int)column));
        }

        return places.Distinct().Count() == places.Count ? new Squares(x, height, width, [.. places]) : null;
    }

    /// <summary><c>[O, channels, kH·height, kW·width]</c> of <c>[O, places, kH, kW]</c>.</summary>
    private static Tensor Grow(Tensor weights, Squares squares)
    {
        var (outputs, channels, kernelHeight, kernelWidth) = (weights.Shape[0], squares.Source.Shape!.Value[1], weights.Shape[2], weights.Shape[3]);
        var grown = Tensor.Create(weights.Type, new Shape(outputs, channels, kernelHeight * squares.Height, kernelWidth * squares.Width));
        int element = weights.Type.Size(), at = 0;
        for (int o = 0; o < outputs; o++)
            foreach (var place in squares.Places)
                for (int ky = 0; ky < kernelHeight; ky++)
                    for (int kx = 0; kx < kernelWidth; kx++, at += element)
                    {
                        int row = (o * channels + place.Channel) * grown.Shape[2] + ky * squares.Height + place.Row;
                        int to = row * grown.Shape[3] + kx * squares.Width + place.Column;
                        weights.Bytes.Slice(at, element).CopyTo(grown.Bytes[(to * element)..]);
                    }
        return grown;
    }

    /// <summary>Where an element lies in a block.</summary>
    private readonly record struct Place(int Channel, int Row, int Column);

    /// <param name="Source">The pixels, <c>[N, C, H, W]</c>.</param>
    /// <param name="Height">Rows of a block.</param>
    /// <param name="Width">Columns of a block.</param>
    /// <param name="Places">For each channel made of them, what it holds; each element of a block is one.</param>
    private sealed record Squares(Value Source, int Height, int Width, Place[] Places);
}
