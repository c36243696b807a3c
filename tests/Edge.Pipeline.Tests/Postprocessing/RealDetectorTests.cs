using System.Globalization;
using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.OnnxRuntime;
using Edge.Pipeline.Postprocessing;
using Edge.Pipeline.Postprocessing.Heads;
using Edge.Quantization.Metrics.Boxes;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Pipeline.Tests.Postprocessing;

/// <summary>The heads on published models, run by ONNX Runtime on real pictures. Skipped where shared/data is absent.</summary>
public sealed class RealDetectorTests
{
    private const string Coco = "images/coco128_val/images/val2017";

    private sealed class Detector : IDisposable
    {
        private readonly OnnxRuntimeSession _session;
        private readonly Preprocessor _preprocessor;
        private readonly Postprocessor _postprocessor;
        private readonly Tensor _input;

        public Detector(string model, string preprocess, DetectionOptions options, Labels? labels = null)
        {
            _session = OnnxRuntimeSession.Load(SharedData.Require(model), new OnnxRuntimeOptions { Threads = 2, Spin = false });
            _preprocessor = PictureInput.Preprocessor(_session, PreprocessOptions.Parse(preprocess));
            _postprocessor = Postprocessor.Create(new PostprocessOptions { Detection = options }, _session.Outputs, _preprocessor.Input, labels);
            _input = _preprocessor.CreateInput();
            // Whether boxes are finished cannot be seen from their shape.
            HeadKind guessed = options.Head == HeadKind.Ssd ? HeadKind.Boxes : options.Head;
            Assert.Equal(guessed, DetectionHeads.Guess(_session.Outputs, _preprocessor.Input));
        }

        public IReadOnlyList<Detection> Run(string file)
        {
            using Bitmap picture = ImageCodec.Managed.Load(file);
            Placement placement = _preprocessor.Run(picture.View, _input);
            return _postprocessor.Read(new ModelRun(_input, _session.Run(_input), placement, picture.Width, picture.Height)).Objects;
        }

        public void Dispose() => _session.Dispose();
    }

    private static Labels CocoLabels() =>
        Labels.Of(File.ReadLines(SharedData.Require("images/coco128_val/object_detection/config.yaml"))
            .Where(l => l.StartsWith("  ", StringComparison.Ordinal) && l.Contains(": ", StringComparison.Ordinal))
            .Select(l => l.Split(": ")[1].Trim()));

    private static List<(int Class, Box Box)> Truth(string picture)
    {
        ImageInfo info = ImageHeader.Read(File.ReadAllBytes(picture));
        string file = Path.Combine(SharedData.Require("images/coco128_val/object_detection/labels/val2017"), Path.GetFileNameWithoutExtension(picture) + ".txt");
        if (!File.Exists(file)) return [];
        return [.. File.ReadLines(file).Where(l => l.Length > 0).Select(l =>
        {
            float[] v = [.. l.Split(' ').Select(t => float.Parse(t, CultureInfo.InvariantCulture))];
            return ((int)v[0], Box.FromCenter(v[1] * info.Width, v[2] * info.Height, v[3] * info.Width, v[4] * info.Height));
        })];
    }

    private static double AveragePrecisionOn(Detector detector)
    {
        var ap = new AveragePrecision();
        foreach (string file in Directory.EnumerateFiles(SharedData.Require(Coco)).Order(StringComparer.Ordinal))
            ap.Add([.. Truth(file).Select(t => Object(t.Class, 1, t.Box))], [.. detector.Run(file).Select(d => Object(d.ClassId, d.Score, d.Box))]);
        TestContext.Current.TestOutputHelper?.WriteLine($"AP50 {100 * ap.At50:f2}, AP50-95 {100 * ap.At50To95:f2}");
        return 100 * ap.At50;

        static ObjectBox Object(int label, float score, Box b) => new(label, score, b.Left, b.Top, b.Right, b.Bottom);
    }

    [Fact]
    public void Yolox_nano_reaches_its_known_precision_on_coco()
    {
        // 50.3 was measured with Pillow's resizing, which is what 'antialiased' means here; plain bilinear gives 49.7.
        var options = new DetectionOptions(HeadKind.Yolox) { MinScore = 0.01f, MaxOverlap = 0.65f, MaxDetections = 300 };
        using var detector = new Detector("models/yolox_nano/yolox_nano.onnx", "letterbox=416,color=bgr,interpolation=antialiased", options, CocoLabels());
        Assert.InRange(AveragePrecisionOn(detector), 50.3 - 0.4, 50.3 + 0.4);
    }

    [Fact]
    public void FastestDet_finds_what_a_model_of_its_size_finds_on_coco()
    {
        // Its authors state AP50 25.3 for COCO's whole validation set; on these pictures every model does better, YOLOX-Nano too.
        var options = new DetectionOptions(HeadKind.FastestDet) { MinScore = 0.01f, MaxOverlap = 0.45f, MaxDetections = 300 };
        using var detector = new Detector("models/fastestdet/FastestDet.onnx", "resize=352x352,color=bgr,scale=1/255", options, CocoLabels());
        Assert.InRange(AveragePrecisionOn(detector), 34, 38);
    }

    [Fact]
    public void NanoDet_finds_what_a_model_of_its_size_finds_on_coco()
    {
        var options = new DetectionOptions(HeadKind.NanoDet) { MinScore = 0.01f, MaxOverlap = 0.6f, MaxDetections = 300 };
        using var detector = new Detector(
            "models/nanodet/object_detection_nanodet_2022nov.onnx", "letterbox=416,color=bgr,mean=103.53:116.28:123.675,std=57.375:57.12:58.395", options, CocoLabels());
        // With the channels in the wrong order it reaches 35.
        Assert.InRange(AveragePrecisionOn(detector), 40.5, 44.5);
    }

    [Fact]
    public void UltraFace_finds_the_same_faces_from_its_boxes_and_from_offsets_and_priors()
    {
        var ready = new DetectionOptions(HeadKind.Boxes) { Background = 0, MinScore = 0.7f, MaxOverlap = 0.3f };
        // The side lengths of its authors' min_boxes; grids at strides 8, 16, 32, 64 over 320 × 240.
        var offsets = new DetectionOptions(HeadKind.Ssd)
        {
            Background = 0, MinScore = 0.7f, MaxOverlap = 0.3f,
            Priors = [new PriorGrid(40, 30, [10, 16, 24]), new PriorGrid(20, 15, [32, 48]), new PriorGrid(10, 8, [64, 96]), new PriorGrid(5, 4, [128, 192, 256])],
        };
        const string preprocess = "resize=320x240,mean=127,std=128";
        using var a = new Detector("models/ultraface/version-RFB-320.onnx", preprocess, ready, Labels.Of("face"));
        using var b = new Detector("models/ultraface/version-RFB-320_simplified.onnx", preprocess, offsets, Labels.Of("face"));
        string people = SharedData.Require("images/coral_samples/face.jpg"), cat = SharedData.Require("images/coral_samples/cat_720p.jpg");
        IReadOnlyList<Detection> faces = a.Run(people), again = b.Run(people);
        Assert.Equal(4, faces.Count);
        Assert.Equal(4, again.Count);
        for (int i = 0; i < 4; i++)
        {
            Assert.InRange(faces[i].Score, 0.95f, 1);
            Assert.InRange(faces[i].Box.Width / faces[i].Box.Height, 0.5f, 1.2f);
            Assert.InRange(Box.IntersectionOverUnion(faces[i].Box, again[i].Box), 0.99f, 1);
        }
        Assert.Empty(a.Run(cat));
        Assert.Empty(b.Run(cat));
    }

    [Fact]
    public void A_classifier_names_a_parrot_and_a_hot_dog()
    {
        using OnnxRuntimeSession session = OnnxRuntimeSession.Load(
            SharedData.Require("models/imagenet_mobilenet/mobilenet_v2_1.0_224_fp32.onnx"), new OnnxRuntimeOptions { Threads = 2, Spin = false });
        Preprocessor preprocessor = PictureInput.Preprocessor(session, PreprocessOptions.Parse("resize=256,crop=224,mean=128,std=128"));
        Labels labels = Labels.Of(File.ReadLines(SharedData.Require("images/coral_samples/imagenet_labels.txt")).Select((l, i) => $"{i} {l}"));
        Postprocessor postprocessor = Postprocessor.Create(new PostprocessOptions { Classification = new ClassificationOptions() }, session.Outputs, preprocessor.Input, labels);
        Tensor input = preprocessor.CreateInput();
        foreach (var (file, word) in ((string, string)[])[("parrot.jpg", "macaw"), ("hot_dog.jpg", "hotdog")])
        {
            using Bitmap picture = ImageCodec.Managed.Load(SharedData.Require($"images/coral_samples/{file}"));
            Placement placement = preprocessor.Run(picture.View, input);
            Findings findings = postprocessor.Read(new ModelRun(input, session.Run(input), placement, picture.Width, picture.Height));
            Assert.Contains(word, labels[findings.Top[0].ClassId], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_segmentation_of_the_bird_overlaps_its_mask()
    {
        using OnnxRuntimeSession session = OnnxRuntimeSession.Load(
            SharedData.Require("models/deeplab/deeplabv3_mnv2_dm05_pascal_fp32.onnx"), new OnnxRuntimeOptions { Threads = 2, Spin = false });
        Preprocessor preprocessor = PictureInput.Preprocessor(session, PreprocessOptions.Parse("mean=128,std=128"));
        using Bitmap picture = ImageCodec.Managed.Load(SharedData.Require("images/coral_samples/bird_segmentation.bmp"));
        Tensor input = preprocessor.CreateInput();
        Placement placement = preprocessor.Run(picture.View, input);
        int[] classes = Segmentation.ArgMax(session.Run(input)[0]).OnSource(placement, 513, 513, picture.Width, picture.Height);
        using Bitmap mask = ImageCodec.Managed.Load(SharedData.Require("images/coral_samples/bird_segmentation_mask.bmp"));
        Assert.Equal((picture.Width, picture.Height), (mask.Width, mask.Height));
        int common = 0, union = 0;
        for (int i = 0; i < classes.Length; i++)
        {
            bool found = classes[i] == 3, bird = mask.Pixels[3 * i] == 3;
            if (found && bird) common++;
            if (found || bird) union++;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"IoU {(double)common / union:f3}");
        Assert.InRange((double)common / union, 0.83, 0.9);
    }
}
