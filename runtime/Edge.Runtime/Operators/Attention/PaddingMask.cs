using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Attention;

/// <summary>
/// The int32 masks of com.microsoft's attentions as a bias in scratch, <c>mask_filter_value</c> where a key is not to be
/// attended to: lengths <c>[batch]</c>, ends and starts <c>[2 · batch]</c>, lengths with offsets <c>[3 · batch + 2]</c>, flags
/// <c>[batch, keys]</c>, <c>[batch, queries, keys]</c>.
/// </summary>
internal sealed unsafe class PaddingMask
{
    private readonly AttentionShape _s;
    private readonly int _input;
    private readonly float _filter;
    private readonly int _rank;
    private readonly bool _hasStarts;
    private readonly int _rows;

    /// <param name="c">The node.</param>
    /// <param name="input">The mask's input.</param>
    /// <param name="s">The attention.</param>
    public PaddingMask(PrepareContext c, int input, in AttentionShape s)
    {
        var mask = c.Shape(input);
        _s = s;
        _input = input;
        _filter = c.Attributes.Float("mask_filter_value", -10000);
        _rank = mask.Rank;
        _hasStarts = mask.Rank == 1 && mask[0] == 2 * s.Batch && s.Batch > 0;
        _rows = mask.Rank == 3 ? s.Queries : 1;
        Layout = new ScoreBias((nint)_rows * s.Keys, 0, mask.Rank == 3 ? s.Keys : 0, 1, s.Keys);
    }

    public ScoreBias Layout { get; }

    public nint ScratchBytes => Scratch.Align((nint)_s.Batch * _rows * _s.Keys * sizeof(float));

    /// <summary>Fails unless the input is one of the masks.</summary>
    public static void Check(InferContext c, int input, in AttentionShape s)
    {
        c.RequireType(input, DataType.Int32);
        var mask = c.Shape(input);
        bool fits = mask.Rank switch
        {
            1 => mask[0] == s.Batch || mask[0] == 2 * s.Batch || mask[0] == 3 * s.Batch + 2,
            2 => mask == new Shape(s.Batch, s.Keys),
            3 => mask == new Shape(s.Batch, s.Queries, s.Keys),
            _ => false,
        };
        if (!fits)
            throw c.Error($"a mask of shape {mask} is not supported; supported: [{s.Batch}], [{2 * s.Batch}], [{3 * s.Batch + 2}], [{s.Batch},{s.Keys}], [{s.Batch},{s.Queries},{s.Keys}]");
    }

    /// <summary>Writes the bias.</summary>
    public float* Get(in StepContext c, byte* scratch)
    {
        int* mask = c.Input<int>(_input);
        var bias = (float*)scratch;
        if (_rank > 1)
        {
            for (nint i = 0; i < (nint)_s.Batch * _rows * _s.Keys; i++) bias[i] = mask[i] > 0 ? 0 : _filter;
            return bias;
        }

        for (int b = 0; b < _s.Batch; b++)
        {
            int end = mask[b], start = _hasStarts ? mask[_s.Batch + b] : 0;
            for (int j = 0; j < _s.Keys; j++) bias[(nint)b * _s.Keys + j] = j >= start && j < end ? 0 : _filter;
        }

        return bias;
    }
}
