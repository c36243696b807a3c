using Edge.Imaging;
using Edge.Training;
using ModelFactory.Defects;
using ModelFactory.Rendering;

namespace ModelFactory.Parts;

/// <summary>
/// Rendered parts for training, kept at the model's resolution in eight bits (the rounding, half a grey level at most, is
/// below the sensor's noise). Immutable.
/// </summary>
internal sealed class TrainingSet
{
    private const int Size = PartDetector.InputSize;
    private readonly (byte[] Pixels, DefectTruth[] Defects)[] _parts;

    public TrainingSet(ulong seed, int parts, int threads, Action<int> report)
    {
        _parts = new (byte[], DefectTruth[])[parts];
        var renderer = new PartRenderer(seed, "train");
        int done = 0;
        Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
        {
            var picture = PartPicture.Make(renderer, "", i, PartRecipe.ForTraining(seed, "train", i));
            var input = new float[Size * Size * 3];
            picture.Prepare(input);
            var pixels = new byte[input.Length];
            for (int p = 0; p < pixels.Length; p++) pixels[p] = (byte)(input[p] * 64 + 128.5f);
            _parts[i] = (pixels, picture.Defects);
            report(Interlocked.Increment(ref done));
        });
    }

    public int Count => _parts.Length;

    /// <summary>
    /// Writes one part, turned or mirrored and with other light and white balance, and returns its flaws in cells.
    /// </summary>
    /// <param name="input">One sample, <c>[size, size, 3]</c>, normalized as <see cref="PartDetector.Preprocess"/> says.</param>
    public CellTruth[] Draw(int index, RandomStream random, Span<float> input)
    {
        (byte[] pixels, DefectTruth[] defects) = _parts[index];
        int symmetry = random.Next(8);
        float gain = random.Uniform(0.82f, 1.2f), offset = random.Uniform(-10, 10);
        Span<float> factor = [gain * random.Uniform(0.97f, 1.03f), gain, gain * random.Uniform(0.97f, 1.03f)];
        for (int y = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++)
            {
                (int sx, int sy) = Source(symmetry, x, y);
                int from = (sy * Size + sx) * 3, to = (y * Size + x) * 3;
                for (int c = 0; c < 3; c++) input[to + c] = (Math.Clamp(pixels[from + c] * factor[c] + offset, 0, 255) - 128) * (1f / 64);
            }
        }
        return [.. defects.Select(d => new CellTruth(d.Kind, Turn(symmetry, GridTargets.InCells(d.Box)), [.. d.Cells.Select(c => Turn(symmetry, c))]))];
    }

    /// <summary>Where a pixel of the turned picture comes from: bit 0 mirrors x, bit 1 mirrors y, bit 2 swaps them after.</summary>
    internal static (int X, int Y) Source(int symmetry, int x, int y)
    {
        if ((symmetry & 4) != 0) (x, y) = (y, x);
        if ((symmetry & 1) != 0) x = Size - 1 - x;
        if ((symmetry & 2) != 0) y = Size - 1 - y;
        return (x, y);
    }

    /// <summary>The inverse of <see cref="Source"/>, on a box in cells.</summary>
    internal static Box Turn(int symmetry, Box b)
    {
        const int n = PartDetector.Cells;
        if ((symmetry & 1) != 0) b = b with { Left = n - b.Right, Right = n - b.Left };
        if ((symmetry & 2) != 0) b = b with { Top = n - b.Bottom, Bottom = n - b.Top };
        return (symmetry & 4) != 0 ? new Box(b.Top, b.Left, b.Bottom, b.Right) : b;
    }

    internal static CellEnergy Turn(int symmetry, CellEnergy c)
    {
        const int last = PartDetector.Cells - 1;
        int x = (symmetry & 1) != 0 ? last - c.X : c.X, y = (symmetry & 2) != 0 ? last - c.Y : c.Y;
        return (symmetry & 4) != 0 ? c with { X = y, Y = x } : c with { X = x, Y = y };
    }
}
