using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.WeightOnly;

/// <summary>Brings integer weights into the form of <see cref="WeightOnlyLayout"/>.</summary>
internal static unsafe class WeightOnlyPacking
{
    /// <param name="layout">Of <paramref name="to"/>.</param>
    /// <param name="weights">As the model has them.</param>
    /// <param name="lowFirst">Of a lane's eight codes the first lies in the lowest bits, else in the highest.</param>
    /// <param name="to">Zeros, <see cref="WeightOnlyLayout.PackedBytes"/> of them.</param>
    public static void Pack(in WeightOnlyLayout layout, in IntegerWeights weights, bool lowFirst, byte* to)
    {
        for (int panel = 0; panel < layout.Panels; panel++)
        {
            int vectors = layout.PanelVectors(panel), first = layout.FirstVector(panel) * layout.Lanes, width = vectors * layout.Lanes;
            int columns = Math.Min(width, layout.N - first);
            byte* at = to + layout.PanelOffset(panel);
            for (int block = 0; block < layout.Blocks; block++)
            {
                int from = block * layout.BlockSize, count = Math.Min(layout.BlockSize, layout.K - from);
                PackHeader(layout, weights, block, first, columns, width, at);
                at += vectors * layout.HeaderBytes;
                if (layout.Bits == 8) PackBytes(weights, from, count, first, columns, width, at);
                else PackNibbles(weights, from, count, first, columns, width, lowFirst, (uint*)at);
                at += (count + WeightOnlyLayout.Group - 1) / WeightOnlyLayout.Group * vectors * layout.GroupBytes;
            }
        }
    }

    private static void PackHeader(in WeightOnlyLayout layout, in IntegerWeights weights, int block, int first, int columns, int width, byte* at)
    {
        var scales = (float*)at;
        byte* zeros = at + width * sizeof(float);
        for (int c = 0; c < columns; c++)
        {
            scales[c] = weights.Scale(block, first + c);
            if (layout.ZeroPoints == ZeroPointKind.Bytes) ((sbyte*)zeros)[c] = (sbyte)weights.ZeroPoint(block, first + c);
            else if (layout.ZeroPoints == ZeroPointKind.Floats) ((float*)zeros)[c] = weights.ZeroPoint(block, first + c);
        }
    }

    private static void PackBytes(in IntegerWeights weights, int from, int count, int first, int columns, int width, byte* to)
    {
        ReadOnlySpan<byte> codes = weights.Codes;
        byte flip = (byte)weights.Bias;
        for (int k = 0; k < count; k++, to += width)
        {
            nint at = (from + k) * weights.RowStep + first * weights.ColumnStep;
            for (int c = 0; c < columns; c++, at += weights.ColumnStep) to[c] = (byte)(codes[(int)at] ^ flip);
        }
    }

    private static void PackNibbles(in IntegerWeights weights, int from, int count, int first, int columns, int width, bool lowFirst, uint* to)
    {
        ReadOnlySpan<byte> codes = weights.Codes;
        uint flip = (uint)weights.Bias;
        bool packed = weights.Packed;
        for (int k = 0; k < count; k++)
        {
            int j = k % WeightOnlyLayout.Group, shift = lowFirst ? 4 * j : 28 - 4 * j;
            uint* words = to + (nint)(k / WeightOnlyLayout.Group) * width;
            nint at = (from + k) * weights.RowStep + first * weights.ColumnStep;
            for (int c = 0; c < columns; c++, at += weights.ColumnStep)
            {
                uint code = packed ? (uint)codes[(int)(at >> 1)] >> (int)(at & 1) * 4 : codes[(int)at];
                words[c] |= ((code ^ flip) & 15) << shift;
            }
        }
    }
}
