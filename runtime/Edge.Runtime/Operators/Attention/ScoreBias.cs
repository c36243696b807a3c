using Edge.Onnx;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Attention;

/// <summary>How a mask or bias lies over scores <c>[batch, heads, queries, keys]</c>: strides in elements, 0 along axes that it repeats.</summary>
/// <param name="Batch">From a batch to the next.</param>
/// <param name="Head">From a head to the next.</param>
/// <param name="Row">From a query to the next.</param>
/// <param name="Column">From a key to the next: 1 or 0.</param>
/// <param name="Width">Keys that it covers; none behind them is attended to.</param>
internal readonly record struct ScoreBias(nint Batch, nint Head, nint Row, nint Column, int Width)
{
    /// <summary>The strides of a tensor of at most four axes that broadcasts over the scores.</summary>
    /// <param name="node">Named by errors.</param>
    /// <param name="mask">The tensor's shape.</param>
    /// <param name="s">The attention.</param>
    /// <param name="mayBeShort">The last axis may have fewer elements than there are keys, and is then not repeated.</param>
    /// <exception cref="ModelException">It does not broadcast.</exception>
    public static ScoreBias Of(Node node, Shape mask, in AttentionShape s, bool mayBeShort)
    {
        if (mask.Rank > 4) throw node.Error($"a mask of shape {mask} is not supported; supported: rank 4 at most");
        int[] target = [s.Batch, s.Heads, s.Queries, s.Keys];
        int[] strides = mask.Strides();
        Span<nint> over = stackalloc nint[4];
        for (int a = 0; a < mask.Rank; a++)
        {
            int at = a + 4 - mask.Rank, d = mask[a];
            bool isShort = mayBeShort && at == 3 && d < s.Keys;
            if (d != 1 && d != target[at] && !isShort) throw node.Error($"a mask of shape {mask} does not broadcast to the scores [{string.Join(',', target)}]");
            over[at] = d == 1 && !isShort ? 0 : strides[a];
        }

        int width = mask.Rank == 0 ? 1 : mask[^1];
        return new ScoreBias(over[0], over[1], over[2], over[3], over[3] == 0 ? s.Keys : width);
    }

    /// <summary>Where the row of one query begins.</summary>
    public nint At(int b, int h, int query) => b * Batch + h * Head + query * Row;
}
