using Edge.Imaging.Preprocessing;
using Edge.Runtime;

namespace Edge.Pipeline.Postprocessing.Heads;

/// <summary>The catalog of heads.</summary>
public static class DetectionHeads
{
    /// <exception cref="Onnx.ModelException">The outputs are not those of the head.</exception>
    /// <exception cref="FormatException">The options contradict each other.</exception>
    public static IDetectionHead Create(DetectionOptions options, IReadOnlyList<TensorInfo> outputs, ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return options.Head switch
        {
            HeadKind.Yolox => new YoloxHead(outputs, input),
            HeadKind.Yolov5 => new YoloV5Head(outputs, input, options.Anchors),
            HeadKind.Yolov8 => new YoloV8Head(outputs),
            HeadKind.FastestDet => new FastestDetHead(outputs, input),
            HeadKind.NanoDet => new NanoDetHead(outputs, input),
            HeadKind.YuNet => new YuNetHead(outputs, input),
            HeadKind.Grid => new GridHead(outputs, input),
            HeadKind.Ssd => new SsdHead(outputs, input, options),
            HeadKind.Boxes => new BoxesHead(outputs, input, options),
            _ => throw new FormatException($"detection: head {options.Head} is unknown"),
        };
    }

    /// <summary>
    /// The head that the declared output shapes point to, or null where they point to none or the model may as well be a
    /// classifier. A guess for people who try a model; configurations name the head.
    /// </summary>
    public static HeadKind? Guess(IReadOnlyList<TensorInfo> outputs, ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(input);
        int cells = YoloxHead.Cells(input.Width, input.Height);
        if (outputs.Count == 1) return GuessSingle(outputs[0], cells, input);
        if (GridHead.Find(outputs, "scores") is var s and >= 0 && GridHead.Find(outputs, "boxes") is var b and >= 0)
            return HeadRules.Rank(outputs[s]) == 4 && HeadRules.Rank(outputs[b]) == 4 ? HeadKind.Grid : HeadKind.Boxes;
        foreach (HeadKind kind in (ReadOnlySpan<HeadKind>)[HeadKind.YuNet, HeadKind.NanoDet, HeadKind.Ssd, HeadKind.Boxes])
        {
            try
            {
                Create(new DetectionOptions(kind), outputs, input);
                return kind;
            }
            catch (Onnx.ModelException)
            {
                // Not this one; the next is tried.
            }
        }
        return null;
    }

    private static HeadKind? GuessSingle(TensorInfo output, int cells, ModelInput input)
    {
        int? second = HeadRules.Fixed(output, 1), third = HeadRules.Fixed(output, 2);
        return HeadRules.Rank(output) switch
        {
            3 when second == cells && third > 5 => HeadKind.Yolox,
            3 when second == 3 * cells && third > 5 => HeadKind.Yolov5,
            3 when third == cells && second > 4 => HeadKind.Yolov8,
            // A map nearly as fine as the input is a segmentation.
            4 when second > 5 && third > 1 && third * 8 <= input.Height => HeadKind.FastestDet,
            _ => null,
        };
    }
}
