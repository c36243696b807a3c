using Edge.Evaluation.Layouts;
using Edge.Evaluation.Samples;
using Edge.Evaluation.Tables;
using Edge.Evaluation.Tasks;
using Edge.Evaluation.Truths;
using Edge.Imaging;
using Edge.Pipeline;
using Edge.Pipeline.Postprocessing;
using Edge.Quantization.Metrics.Boxes;
using Edge.Tensors;

namespace Edge.Evaluation;

/// <summary>Tasks whose outputs have to be taken back to the pixels of a picture.</summary>
internal sealed class PictureTasks(DataOptions options, ModelFacts model, FittedData data, SelectedSamples samples)
{
    /// <summary>From here on detections have a place on the curve of precision; lower ones change nothing that could be seen.</summary>
    private const float LowestScore = 0.01f;

    private PictureSet Pictures => data.Samples as PictureSet ?? throw new DataException("boxes and masks belong to pictures");

    /// <summary>The model's detections as boxes on the picture.</summary>
    private BoxReader Reader(DetectionOptions detection, out Labels labels)
    {
        PictureSet pictures = Pictures;
        Postprocessor postprocessor = Postprocessor.Create(new PostprocessOptions { Detection = detection }, model.Outputs, pictures.Input, options.Labels);
        labels = postprocessor.Labels;
        return (sample, outputs) =>
        {
            PicturePlace place = pictures.Place(samples.Indices[sample]);
            // Detectors are read from their outputs alone.
            var run = new ModelRun(outputs[0], outputs, place.Placement, place.Width, place.Height);
            return [.. postprocessor.Read(run).Objects.Select(o => new ObjectBox(o.ClassId, o.Score, o.Box.Left, o.Box.Top, o.Box.Right, o.Box.Bottom))];
        };
    }

    private DetectionOptions? Options()
    {
        if (options.Postprocess is { } given) return given.Detection;
        return Pipeline.Postprocessing.Heads.DetectionHeads.Guess(model.Outputs, Pictures.Input) is { } head ? new DetectionOptions(head) : null;
    }

    /// <summary>Agreement of boxes, where the model is a detector; else null.</summary>
    public BoxAgreementTask? Boxes() => Options() is { } detection ? new BoxAgreementTask(Reader(detection, out _)) : null;

    public DetectionTask Detection(BoxTruth truth)
    {
        DetectionOptions detection = Options() ?? throw new DataException($"{truth.Source} are for a detector, and the model is read as none; name its kind with --head");
        BoxReader read = Reader(detection with { MinScore = Math.Min(detection.MinScore, LowestScore) }, out Labels labels);
        PictureSet pictures = Pictures;
        // All at once, so that a label that is not known is told before the model runs.
        LabelledBox[][] there = [.. samples.Indices.Select(i => truth.Of(i).ToArray())];
        var numbers = there.SelectMany(b => b).Select(b => b.Label).Distinct().ToDictionary(l => l, l => ClassNumber(l, labels, truth));
        return new DetectionTask(labels, read, sample =>
        {
            PicturePlace place = pictures.Place(samples.Indices[sample]);
            return [.. there[sample].Select(b => Box(b, numbers[b.Label], place))];
        });
    }

    public SegmentationTask Segmentation(MaskTruth truth)
    {
        PictureSet pictures = Pictures;
        return new SegmentationTask(
            options.Labels,
            (sample, outputs) =>
            {
                PicturePlace place = pictures.Place(samples.Indices[sample]);
                return Pipeline.Postprocessing.Segmentation.ArgMax(outputs[0], model.Outputs[0].Name).OnSource(place.Placement, pictures.Input.Width, pictures.Input.Height, place.Width, place.Height);
            },
            sample =>
            {
                PicturePlace place = pictures.Place(samples.Indices[sample]);
                return Mask(truth.Files[samples.Indices[sample]], place.Width, place.Height);
            });
    }

    /// <summary>Whether anything is marked in each picture.</summary>
    public bool[] HaveDefects(MaskTruth truth) => [.. samples.Indices.Select(i => truth.Files[i] is { } file && Load(file).Classes.Any(c => c != 0))];

    private static ObjectBox Box(LabelledBox b, int label, PicturePlace place)
    {
        (float w, float h) = b.Relative ? (place.Width, place.Height) : (1, 1);
        return new ObjectBox(label, 1, b.Box.Left * w, b.Box.Top * h, b.Box.Right * w, b.Box.Bottom * h);
    }

    private static int ClassNumber(string label, Labels labels, BoxTruth truth)
    {
        int named = labels.Names.ToList().IndexOf(label);
        if (named >= 0) return named;
        if (Number.TryParseIndex(label, out int number) && number < labels.Count) return number;
        throw new DataException($"{truth.Source}: '{label}' is none of the model's classes: {TaskChooser.List(labels.Names)}; give their names with --labels");
    }

    /// <summary>The grey values as classes; 255 means that nobody says, as in PASCAL VOC.</summary>
    private static int[] Mask(string? file, int width, int height)
    {
        if (file is null) return new int[width * height];
        (int[] classes, int w, int h) = Load(file);
        if ((w, h) != (width, height)) throw new DataException($"{file}: the mask has {w}x{h} pixels, its picture {width}x{height}");
        for (int i = 0; i < classes.Length; i++)
            if (classes[i] == 255) classes[i] = -1;
        return classes;
    }

    private static (int[] Classes, int Width, int Height) Load(string file)
    {
        using Bitmap mask = ImageCodec.Default.Load(file, DecodeOptions.Default with { HonourOrientation = false });
        int[] classes = new int[mask.Width * mask.Height];
        for (int y = 0; y < mask.Height; y++)
            for (int x = 0; x < mask.Width; x++) classes[(y * mask.Width) + x] = mask.Row(y)[3 * x];
        return (classes, mask.Width, mask.Height);
    }
}
