using Edge.Imaging.Preprocessing;
using Edge.Kernels;
using Edge.Kernels.Threading;
using Edge.Onnx;
using Edge.Training;
using ModelFactory.Defects;

namespace ModelFactory.Parts;

/// <summary>
/// The detector: full convolutions where detail is fine, then depthwise-separable residual blocks and a bottleneck down to stride 16, brought back to stride 8 by a
/// lateral sum, and an anchor-free grid head. Each cell gives a score a class and the distances of its centre to the
/// sides of a box, in cells (FCOS, Tian et al. 2019).
/// </summary>
internal sealed class PartDetector
{
    /// <summary>Side of the input in pixels: half the picture's, so that resizing is the mean of 2×2 pixels.</summary>
    public const int InputSize = 192;

    /// <summary>Side of a cell in input pixels.</summary>
    public const int Stride = 8;

    /// <summary>Cells in a row of the grid.</summary>
    public const int Cells = InputSize / Stride;

    // A score of 2% at the start: the share of positive cells is small (Lin et al. 2017, section 4.1).
    private const float ScoreBias = -3.9f;

    /// <summary>Distances start in the middle of what occurs, in cells.</summary>
    private const float DistanceBias = 1.5f;

    public PartDetector(int batch, KernelSet kernels, WorkerPool pool, ulong seed)
    {
        Graph = new TrainingGraph(batch, kernels, pool, seed);
        Input = Graph.Input("images", new Extent(InputSize, InputSize, 3));
        Value x = Full("stem", Input, 16, 2, Nonlinearity.Relu6);
        x = Full("down4", x, 32, 2, Nonlinearity.Relu6);
        x = SeparableResidual("stage4.0", x, 3);
        x = Full("down8", x, 48, 2, Nonlinearity.Relu6);
        x = SeparableResidual("stage8.0", x, 3);
        Value fine = SeparableResidual("stage8.1", x, 3);
        x = Separable("down16", fine, 96, 3, 2);
        x = SeparableResidual("stage16.0", x, 5);
        x = BottleneckResidual("stage16.1", x, 32);
        x = SeparableResidual("stage16.2", x, 5);
        Value coarse = Graph.Upsample("neck.up", Pointwise("neck.coarse", x, 48, Nonlinearity.None), 2);
        Value joined = Graph.Add("neck.sum", Pointwise("neck.fine", fine, 48, Nonlinearity.None), coarse);
        x = Separable("head.0", Graph.Activate("neck.relu", joined, Nonlinearity.Relu), 48, 3, 1);
        x = Separable("head.1", x, 64, 3, 1);
        Logits = Graph.Conv("head.scores", x, DefectKinds.Count, 1, bias: true, biasStart: ScoreBias, gain: 0.1f);
        Distances = Graph.Conv("head.boxes", x, 4, 1, bias: true, biasStart: DistanceBias, gain: 0.1f);
        Scores = Graph.Activate("scores", Logits, Nonlinearity.Sigmoid);
        Boxes = Graph.Activate("boxes", Distances, Nonlinearity.Relu);
    }

    /// <summary>What the input expects, in the words of the run time.</summary>
    public static PreprocessOptions Preprocess { get; } = PreprocessOptions.Parse($"resize={InputSize}x{InputSize},color=rgb,mean=128,std=64");

    public TrainingGraph Graph { get; }

    public Value Input { get; }

    /// <summary>Scores before the sigmoid, <c>[Cells, Cells, classes]</c>: what the loss sees.</summary>
    public Value Logits { get; }

    /// <summary>Distances before the rectifier, <c>[Cells, Cells, left top right bottom]</c>.</summary>
    public Value Distances { get; }

    public Value Scores { get; }

    public Value Boxes { get; }

    public long ParameterCount => Graph.Parameters.Where(p => p.Role != ParameterRole.Statistic).Sum(p => (long)p.Shape.Count);

    public ModelProto ToOnnx(ulong seed) => Graph.ToOnnx("parts", [Scores, Boxes], new Dictionary<string, string>
    {
        ["description"] = "Defects of machined flanges: grid head, stride 8, scores after sigmoid, boxes as distances left, top, right, bottom in cells",
        ["labels"] = string.Join(',', Enumerable.Range(0, DefectKinds.Count).Select(i => ((DefectKind)i).Label())),
        ["preprocess"] = Preprocess.ToString(),
        ["seed"] = $"{seed}",
    });

    private Value Full(string name, Value x, int channels, int stride, Nonlinearity f) =>
        Graph.BatchNorm(name + ".bn", Graph.Conv(name + ".conv", x, channels, 3, stride, 1), f);

    private Value Pointwise(string name, Value x, int channels, Nonlinearity f) =>
        Graph.BatchNorm(name + ".bn", Graph.Conv(name + ".conv", x, channels, 1), f);

    private Value Depthwise(string name, Value x, int kernel, int stride) =>
        Graph.BatchNorm(name + ".bn", Graph.DepthwiseConv(name + ".conv", x, kernel, stride, kernel / 2), Nonlinearity.Relu6);

    private Value Separable(string name, Value x, int channels, int kernel, int stride) =>
        Pointwise(name + ".point", Depthwise(name + ".depth", x, kernel, stride), channels, Nonlinearity.Relu6);

    private Value SeparableResidual(string name, Value x, int kernel)
    {
        Value y = Pointwise(name + ".point", Depthwise(name + ".depth", x, kernel, 1), x.Extent.Channels, Nonlinearity.None);
        return Graph.Activate(name + ".relu", Graph.Add(name + ".sum", x, y), Nonlinearity.Relu);
    }

    private Value BottleneckResidual(string name, Value x, int channels)
    {
        Value y = Pointwise(name + ".reduce", x, channels, Nonlinearity.Relu);
        y = Full(name + ".full", y, channels, 1, Nonlinearity.Relu);
        y = Pointwise(name + ".expand", y, x.Extent.Channels, Nonlinearity.None);
        return Graph.Activate(name + ".relu", Graph.Add(name + ".sum", x, y), Nonlinearity.Relu);
    }
}
