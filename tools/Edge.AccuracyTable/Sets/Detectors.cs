using Edge.Evaluation.Tasks;
using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Pipeline;
using Edge.Pipeline.Postprocessing;
using Edge.Pipeline.Postprocessing.Heads;
using Edge.Quantization.Metrics.Boxes;
using Edge.Runtime;
using Edge.SharedModels.Samples;
using Edge.Tensors;

namespace Edge.AccuracyTable.Sets;

/// <summary>
/// COCO pictures for detectors. Those of COCO's classes are judged by their precision on its boxes; those of faces, for
/// which there are none, by the boxes that the float model finds at the score at which it is used.
/// </summary>
internal static class Detectors
{
    public const string Coco = "images/coco128_val/images/val2017";

    /// <summary>From here on detections have a place on the curve of precision.</summary>
    private const float LowestScore = 0.01f;

    public static DataSet FastestDet(SharedSets sets) =>
        Labelled(sets, "resize=352x352,color=bgr,scale=1/255", 352, 352, new DetectionOptions(HeadKind.FastestDet) { MinScore = 0.35f });

    public static DataSet NanoDet(SharedSets sets) =>
        Labelled(sets, "letterbox=416,color=bgr,mean=103.53:116.28:123.675,std=57.375:57.12:58.395", 416, 416, new DetectionOptions(HeadKind.NanoDet) { MinScore = 0.35f, MaxOverlap = 0.6f });

    public static DataSet UltraFace(SharedSets sets) =>
        Open(sets, "resize=320x240,mean=127,std=128", 320, 240, new DetectionOptions(HeadKind.Boxes) { Background = 0, MinScore = 0.7f, MaxOverlap = 0.3f });

    public static DataSet YuNet(SharedSets sets) =>
        Open(sets, "letterbox=320,align=topleft,fill=0,color=bgr", 320, 320, new DetectionOptions(HeadKind.YuNet) { MinScore = 0.6f, MaxOverlap = 0.3f });

    public static DataSet Yolox(SharedSets sets) =>
        Labelled(sets, "letterbox=416,align=topleft,fill=114,color=bgr", 416, 416, new DetectionOptions(HeadKind.Yolox) { MinScore = 0.3f, MaxOverlap = 0.45f });

    private static DataSet Open(SharedSets sets, string preprocess, int width, int height, DetectionOptions options) =>
        Open(sets.Pictures(Coco, preprocess, 1, 3, height, width), width, height, options);

    private static DataSet Open(ISamples pictures, int width, int height, DetectionOptions options)
    {
        (Part calibration, Part evaluation) = Part.EveryNth(pictures, 4);
        return new DataSet(calibration, evaluation, session => new BoxAgreementTask(Reader(session, width, height, options)), "every 4th picture calibrates, the others judge");
    }

    /// <summary>Held to COCO's boxes, and beside that to the float model's.</summary>
    private static DataSet Labelled(SharedSets sets, string preprocess, int width, int height, DetectionOptions options)
    {
        PictureSamples pictures = sets.Pictures(Coco, preprocess, 1, 3, height, width);
        DataSet agreement = Open(pictures, width, height, options);
        var evaluation = (Part)agreement.Evaluation;
        IReadOnlyList<(int Class, Box Shares)[]> truth = sets.CocoBoxes();
        return agreement with
        {
            Task = session => new DetectionTask(Labels.Numbered(80), Reader(session, width, height, options with { MinScore = LowestScore }), i => Boxes(pictures, evaluation.IndexOf(i), truth)),
            Beside = agreement.Task,
        };
    }

    private static ObjectBox[] Boxes(PictureSamples pictures, int index, IReadOnlyList<(int Class, Box Shares)[]> truth) =>
    [
        .. truth[index].Select(t =>
        {
            Box box = pictures.OnInput(index, t.Shares);
            return new ObjectBox(t.Class, 1, box.Left, box.Top, box.Right, box.Bottom);
        }),
    ];

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
