using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Pipeline.Postprocessing.Heads;

/// <summary>
/// SSD (Liu et al. 2016): offsets [1, N, 4], scores [1, N, classes] and priors of centre and size in 0…1, which are a third
/// output [N, 4] or [1, N, 4] or are generated from <see cref="DetectionOptions.Priors"/>. With variances 0.1 and 0.2: centre = prior centre + offset · 0.1 · prior size, size = prior size ·
/// exp(offset · 0.2). A model whose boxes are ready made is read by <see cref="BoxesHead"/>.
/// </summary>
public sealed class SsdHead : IDetectionHead
{
    private const float CenterVariance = 0.1f, SizeVariance = 0.2f;
    private readonly IReadOnlyList<TensorInfo> _outputs;
    private readonly ModelInput _input;
    private readonly Activation _activation;
    private readonly int? _background;
    private readonly int _offsets, _scores, _priors;
    private readonly float[]? _generated;

    /// <exception cref="ModelException">The outputs are not of this form.</exception>
    public SsdHead(IReadOnlyList<TensorInfo> outputs, ModelInput input, DetectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(options);
        (_outputs, _input, _activation, _background) = (outputs, input, options.Activation, options.Background);
        if (options.Priors is { } grids) (_generated, _priors) = (Generate(grids, input.Width, input.Height), -1);
        else _priors = Named("prior") is var p and >= 0 ? p : Named("anchor");
        int[] others = [.. Enumerable.Range(0, outputs.Count).Where(i => i != _priors)];
        if (_priors < 0 && _generated is null || others.Length != 2) throw Unsuitable();
        bool firstIsScores = Contains(others[0], "score") || Contains(others[0], "conf") || HeadRules.Fixed(outputs[others[0]], 2) is { } w && w != 4;
        (_scores, _offsets) = firstIsScores ? (others[0], others[1]) : (others[1], others[0]);
        if (HeadRules.Fixed(outputs[_offsets], 2) is { } four && four != 4) throw Unsuitable();
        int? classes = HeadRules.Fixed(outputs[_scores], 2);
        if (classes is { } c) ScoreTable.Check(c, _background, outputs[_scores].Name);
        Classes = classes - (_background is null ? 0 : 1);
    }

    public int? Classes { get; }

    public void Decode(IReadOnlyList<Tensor> outputs, float minScore, List<Detection> candidates)
    {
        Tensor s = outputs[_scores];
        string name = _outputs[_scores].Name;
        if (s.Shape.Rank != 3) throw HeadRules.WrongShape(name, s.Shape, "[1, N, classes]");
        int count = s.Shape[1], classes = s.Shape[2];
        ScoreTable.Check(classes, _background, name);
        ReadOnlySpan<float> scores = HeadRules.Floats(s, name), offsets = Fours(outputs, _offsets, count);
        if (_generated is not null && _generated.Length != 4 * count)
            throw new ModelException($"output '{name}' has {count} boxes, but the options give {_generated.Length / 4} priors");
        ReadOnlySpan<float> priors = _generated is null ? Fours(outputs, _priors, count) : _generated;
        for (int i = 0; i < count; i++)
        {
            (int best, float score) = ScoreTable.Best(scores.Slice(i * classes, classes), _activation, _background);
            if (score < minScore) continue;
            ReadOnlySpan<float> o = offsets.Slice(4 * i, 4), p = priors.Slice(4 * i, 4);
            float x = p[0] + o[0] * CenterVariance * p[2], y = p[1] + o[1] * CenterVariance * p[3];
            float width = p[2] * HeadRules.Exp(o[2] * SizeVariance), height = p[3] * HeadRules.Exp(o[3] * SizeVariance);
            Box box = Box.FromCenter(x * _input.Width, y * _input.Height, width * _input.Width, height * _input.Height);
            HeadRules.Add(candidates, best, score, box, name);
        }
    }

    private ReadOnlySpan<float> Fours(IReadOnlyList<Tensor> outputs, int i, int count) => outputs[i].Count == 4 * count
        ? HeadRules.Floats(outputs[i], _outputs[i].Name)
        : throw HeadRules.WrongShape(_outputs[i].Name, outputs[i].Shape, $"[1, {count}, 4]");

    private static float[] Generate(IReadOnlyList<PriorGrid> grids, int width, int height)
    {
        var priors = new List<float>();
        foreach (PriorGrid grid in grids)
        {
            for (int y = 0; y < grid.Rows; y++)
            {
                for (int x = 0; x < grid.Columns; x++)
                {
                    foreach (float size in grid.Sizes)
                        priors.AddRange([(x + 0.5f) / grid.Columns, (y + 0.5f) / grid.Rows, Math.Min(1, size / width), Math.Min(1, size / height)]);
                }
            }
        }
        return [.. priors];
    }

    private int Named(string part)
    {
        for (int i = 0; i < _outputs.Count; i++)
        {
            if (Contains(i, part)) return i;
        }
        return -1;
    }

    private bool Contains(int output, string part) => _outputs[output].Name.Contains(part, StringComparison.OrdinalIgnoreCase);

    private ModelException Unsuitable() => HeadRules.WrongOutputs(
        "ssd", _outputs, "offsets [1, N, 4], scores [1, N, classes], and priors [1, N, 4] whose name contains 'prior' or 'anchor' or which the options generate; for ready-made boxes use head boxes");
}
