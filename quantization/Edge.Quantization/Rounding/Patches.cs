namespace Edge.Quantization.Rounding;

/// <summary>The columns of one input: one for each element of a channel of the result, batch first, then row-major.</summary>
internal sealed class Patches
{
    private readonly int[] _size = [], _output = [], _begin = [], _stride = [];

    /// <summary>Offsets of each tap along each axis.</summary>
    private readonly int[][] _taps = [];

    private readonly int _channels, _pixels, _perImage, _length;
    private readonly bool _rows;

    /// <summary>Rows of a matrix.</summary>
    public Patches(int rows, int length)
    {
        (_rows, Count, _length) = (true, rows, length);
    }

    /// <summary>Patches of <c>[batch, channels, size…]</c>.</summary>
    public Patches(int batch, int channels, int[] size, int[] kernel, int[] output, int[] begin, int[] stride, int[] dilation)
    {
        (_channels, _size, _output, _begin, _stride) = (channels, size, output, begin, stride);
        _pixels = size.Aggregate(1, (n, d) => n * d);
        _perImage = output.Aggregate(1, (n, d) => n * d);
        int taps = kernel.Aggregate(1, (n, d) => n * d);
        _length = channels * taps;
        Count = batch * _perImage;
        _taps = new int[taps][];
        for (int t = 0; t < taps; t++)
        {
            _taps[t] = Coordinates(t, kernel);
            for (int d = 0; d < kernel.Length; d++) _taps[t][d] *= dilation[d];
        }
    }

    public int Count { get; }

    /// <summary>Reads column <paramref name="index"/>.</summary>
    /// <param name="input">The whole input, row-major.</param>
    /// <param name="index">Below <see cref="Count"/>.</param>
    /// <param name="column">Receives the elements.</param>
    public void Read(ReadOnlySpan<float> input, int index, Span<float> column)
    {
        if (_rows)
        {
            input.Slice(index * _length, _length).CopyTo(column);
            return;
        }
        ReadOnlySpan<float> image = input.Slice(index / _perImage * _channels * _pixels, _channels * _pixels);
        int[] at = Coordinates(index % _perImage, _output);
        for (int d = 0; d < at.Length; d++) at[d] = (at[d] * _stride[d]) - _begin[d];
        for (int t = 0; t < _taps.Length; t++)
        {
            int pixel = 0;
            for (int d = 0; d < at.Length && pixel >= 0; d++)
            {
                int x = at[d] + _taps[t][d];
                pixel = x < 0 || x >= _size[d] ? -1 : (pixel * _size[d]) + x;
            }
            for (int c = 0, to = t; c < _channels; c++, to += _taps.Length) column[to] = pixel < 0 ? 0 : image[(c * _pixels) + pixel];
        }
    }

    private static int[] Coordinates(int index, int[] dims)
    {
        int[] at = new int[dims.Length];
        for (int d = dims.Length - 1; d >= 0; d--)
        {
            at[d] = index % dims[d];
            index /= dims[d];
        }
        return at;
    }
}
