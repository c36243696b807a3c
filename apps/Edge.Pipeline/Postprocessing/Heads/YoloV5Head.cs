using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Pipeline.Postprocessing.Heads;

/// <summary>
/// YOLOv5 (Ultralytics, release 6) in both of its exported forms. Decoded: one output [1, N, 5 + classes] of centre, size in
/// input pixels, objectness and class scores. Raw: one output [1, 3, rows, columns, 5 + classes] or
/// [1, 3 · (5 + classes), rows, columns] a grid, from which, with s = sigmoid of the raw value, centre = (2s − 0.5 + cell) ·
/// stride and size = (2s)² · anchor. Score = objectness · class.
/// </summary>
public sealed class YoloV5Head : IDetectionHead
{
    // YOLOv5's defaults for COCO, pixels, strides 8, 16, 32 (models/yolov5s.yaml).
    private static readonly float[] CocoAnchors = [10, 13, 16, 30, 33, 23, 30, 61, 62, 45, 59, 119, 116, 90, 156, 198, 373, 326];

    private const int AnchorsPerGrid = 3;
    private readonly IReadOnlyList<TensorInfo> _outputs;
    private readonly ModelInput _input;
    private readonly IReadOnlyList<float> _anchors;

    /// <exception cref="Onnx.ModelException">The outputs are not of these forms, or their number does not suit the anchors.</exception>
    public YoloV5Head(IReadOnlyList<TensorInfo> outputs, ModelInput input, IReadOnlyList<float>? anchors = null)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(input);
        (_outputs, _input, _anchors) = (outputs, input, anchors ?? CocoAnchors);
        int rank = outputs.Count > 0 ? HeadRules.Rank(outputs[0]) : 0;
        if (rank == 3 && outputs.Count == 1) Classes = HeadRules.Fixed(outputs[0], 2) - 5;
        else if (rank is 4 or 5 && outputs.Count * 2 * AnchorsPerGrid == _anchors.Count)
            Classes = rank == 5 ? HeadRules.Fixed(outputs[0], 4) - 5 : HeadRules.Fixed(outputs[0], 1) / AnchorsPerGrid - 5;
        else
            throw HeadRules.WrongOutputs("yolov5", outputs, $"one of [1, N, 5 + classes], or {_anchors.Count / 6} of [1, 3, rows, columns, 5 + classes] or [1, 3·(5 + classes), rows, columns]");
    }

    public int? Classes { get; }

    public void Decode(IReadOnlyList<Tensor> outputs, float minScore, List<Detection> candidates)
    {
        if (outputs[0].Shape.Rank == 3)
        {
            Decoded(outputs[0], minScore, candidates);
            return;
        }
        for (int i = 0; i < outputs.Count; i++) Raw(outputs[i], i, minScore, candidates);
    }

    private void Decoded(Tensor output, float minScore, List<Detection> candidates)
    {
        string name = _outputs[0].Name;
        int step = output.Shape[2];
        if (step < 6) throw HeadRules.WrongShape(name, output.Shape, "[1, N, 5 + classes]");
        ReadOnlySpan<float> values = HeadRules.Floats(output, name);
        for (; values.Length >= step; values = values[step..])
        {
            if (values[4] < minScore) continue;
            int best = HeadRules.Best(values[5..step]);
            float score = values[4] * values[5 + best];
            if (score < minScore) continue;
            HeadRules.Add(candidates, best, score, Box.FromCenter(values[0], values[1], values[2], values[3]), name);
        }
    }

    private void Raw(Tensor output, int grid, float minScore, List<Detection> candidates)
    {
        string name = _outputs[grid].Name;
        Shape shape = output.Shape;
        bool last = shape.Rank == 5;
        if (!last && (shape.Rank != 4 || shape[1] % AnchorsPerGrid != 0) || last && shape[1] != AnchorsPerGrid)
            throw HeadRules.WrongShape(name, shape, "[1, 3, rows, columns, 5 + classes] or [1, 3·(5 + classes), rows, columns]");
        int step = last ? shape[4] : shape[1] / AnchorsPerGrid, rows = shape[2], columns = shape[3];
        if (step < 6) throw HeadRules.WrongShape(name, shape, "at least one class");
        // Distance in memory from one value of a cell to its next, and from one cell to the next.
        int between = last ? 1 : rows * columns, cellStep = last ? step : 1;
        ReadOnlySpan<float> values = HeadRules.Floats(output, name);
        float strideX = (float)_input.Width / columns, strideY = (float)_input.Height / rows;
        for (int a = 0; a < AnchorsPerGrid; a++)
        {
            float anchorWidth = _anchors[(grid * AnchorsPerGrid + a) * 2], anchorHeight = _anchors[(grid * AnchorsPerGrid + a) * 2 + 1];
            for (int i = 0; i < rows * columns; i++)
            {
                int at = a * step * rows * columns + i * cellStep;
                float objectness = HeadRules.Sigmoid(values[at + 4 * between]);
                if (objectness < minScore) continue;
                int best = 0;
                for (int c = 1; c < step - 5; c++)
                {
                    if (values[at + (5 + c) * between] > values[at + (5 + best) * between]) best = c;
                }
                float score = objectness * HeadRules.Sigmoid(values[at + (5 + best) * between]);
                if (score < minScore) continue;
                float x = (2 * HeadRules.Sigmoid(values[at]) - 0.5f + i % columns) * strideX;
                float y = (2 * HeadRules.Sigmoid(values[at + between]) - 0.5f + i / columns) * strideY;
                float w = 2 * HeadRules.Sigmoid(values[at + 2 * between]), h = 2 * HeadRules.Sigmoid(values[at + 3 * between]);
                HeadRules.Add(candidates, best, score, Box.FromCenter(x, y, w * w * anchorWidth, h * h * anchorHeight), name);
            }
        }
    }
}
