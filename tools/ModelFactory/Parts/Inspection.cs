using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Onnx;
using Edge.Pipeline;
using Edge.Pipeline.Postprocessing;
using Edge.Runtime;
using Edge.Tensors;

namespace ModelFactory.Parts;

/// <summary>Judges pictures as the line does: by the run time, from the encoded picture to the boxes.</summary>
internal static class Inspection
{
    /// <summary>Scores below this are not worth keeping for a precision–recall curve.</summary>
    private const float KeptScore = 0.03f;

    /// <summary>How the detector's outputs are read.</summary>
    public static PostprocessOptions Postprocess(float minScore) => new() { Detection = new DetectionOptions(HeadKind.Grid, minScore) };

    public static List<JudgedPart> Judge(ModelProto proto, IReadOnlyList<PartPicture> pictures, int threads, Progress progress)
    {
        using Model model = Model.FromProto(proto, "parts");
        using var session = new InferenceSession(model, new SessionOptions { Threads = threads });
        Preprocessor preprocessor = PictureInput.Preprocessor(session, PartDetector.Preprocess);
        var postprocessor = Postprocessor.Create(Postprocess(KeptScore), session.Outputs, preprocessor.Input);
        Tensor input = preprocessor.CreateInput();
        var judged = new List<JudgedPart>();
        foreach (PartPicture picture in pictures)
        {
            using Bitmap bitmap = ImageCodec.Managed.Decode(picture.Jpeg);
            Placement placement = preprocessor.Run(bitmap.View, input);
            Findings findings = postprocessor.Read(new ModelRun(input, session.Run(input), placement, bitmap.Width, bitmap.Height));
            judged.Add(new JudgedPart(picture.Defects, [.. findings.Objects.OrderByDescending(o => o.Score)]));
            progress.Report(judged.Count);
        }
        return judged;
    }
}
