using Edge.Evaluation.Tasks;
using Edge.Imaging.Preprocessing;
using Edge.Pipeline.Postprocessing;
using Edge.Pipeline.Postprocessing.Heads;
using Edge.Quantization.Metrics.Boxes;
using Edge.Runtime;
using Edge.SharedModels.Samples;
using Edge.Tensors;

namespace Edge.AccuracyTable.Sets;

/// <summary>COCO pictures for detectors: the same boxes as the float model's, above the score at which the model is used.</summary>
internal static class Detectors
{
    public const string Coco = "images/coco128_val/images/val2017";

    public static DataSet FastestDet(SharedSets sets) =>
        Open(sets, "resize=352x352,color=bgr,scale=1/255", 352, 352, new DetectionOptions(HeadKind.FastestDet) { MinScore = 0.35f });

    public static DataSet NanoDet(SharedSets sets) =>
        Open(sets, "letterbox=416,color=bgr,mean=103.53:116.28:123.675,std=57.375:57.12:58.395", 416, 416, new DetectionOptions(HeadKind.NanoDet) { MinScore = 0.35f, MaxOverlap = 0.6f });

    public static DataSet UltraFace(SharedSets sets) =>
        Open(sets, "resize=320x240,mean=127,std=128", 320, 240, new DetectionOptions(HeadKind.Boxes) { Background = 0, MinScore = 0.7f, MaxOverlap = 0.3f });

    public static DataSet YuNet(SharedSets sets) =>
        Open(sets, "letterbox=320,align=topleft,fill=0,color=bgr", 320, 320, new DetectionOptions(HeadKind.YuNet) { MinScore = 0.6f, MaxOverlap = 0.3f });

    public static DataSet Yolox(SharedSets sets) =>
        Open(sets, "letterbox=416,align=topleft,fill=114,color=bgr", 416, 416, new DetectionOptions(HeadKind.Yolox) { MinScore = 0.3f, MaxOverlap = 0.45f });

    private static DataSet Open(SharedSets sets, string preprocess, int width, int height, DetectionOptions options)
    {
        (Part calibration, Part evaluation) = Part.EveryNth(sets.Pictures(Coco, preprocess, 1, 3, height, width), 4);
        return new DataSet(calibration, evaluation, session => new BoxAgreementTask(Reader(session, width, height, options)), "every 4th picture calibrates, the others judge");
    }

    /// <summary>Boxes in pixels of the model's input: how far two overlap does not depend on the picture's scale.</summary>
    private static BoxReader Reader(IInferenceSession session, int width, int height, DetectionOptions options)
    {
        IDetectionHead head = DetectionHeads.Create(options, session.Outputs, new ModelInput(DataType.Float32, TensorLayout.Nchw, width, height, 3));
        return (_, outputs) =>
        {
            var candidates = new List<Detection>();
            var kept = new List<Detection>();
            head.Decode(outputs, options.MinScore, candidates);
            NonMaximumSuppression.Apply(candidates, options.MaxOverlap, options.ClassAgnostic, options.MaxCandidates, options.MaxDetections, kept);
            return [.. kept.Select(d => new ObjectBox(d.ClassId, d.Score, d.Box.Left, d.Box.Top, d.Box.Right, d.Box.Bottom))];
        };
    }
}
