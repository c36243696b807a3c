using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Edge.Kernels;
using Edge.Kernels.Threading;
using Edge.Onnx;
using Edge.Pipeline.Decisions;
using Edge.Pipeline.Postprocessing;
using ModelFactory.Defects;
using ModelFactory.Rendering;

namespace ModelFactory.Parts;

/// <summary>How much work to put into the parts model.</summary>
internal sealed record PartsOptions(ulong Seed, string Folder, int TrainingParts, int Epochs, int Batch, int Threads, int CheckParts)
{
    public int TestParts { get; init; } = 200;

    public int CalibrationParts { get; init; } = 64;

    /// <summary>Parts on which the threshold is chosen; neither trained on nor reported.</summary>
    public int ThresholdParts { get; init; } = 600;

    public string Command => $"dotnet run -c Release --project tools/ModelFactory -- parts --seed {Seed} --training-parts {TrainingParts} --epochs {Epochs} --batch {Batch} --out {Folder}";
}

/// <summary>Renders, trains, measures and writes the parts model with its pictures.</summary>
internal sealed class PartsFactory(PartsOptions options, TextWriter report)
{
    public void Run()
    {
        Directory.CreateDirectory(options.Folder);
        KernelSet kernels = KernelCatalog.Select();
        using var pool = new WorkerPool(options.Threads);
        var watch = Stopwatch.StartNew();
        var rendering = new Progress("rendering", options.TrainingParts);
        var set = new TrainingSet(options.Seed, options.TrainingParts, options.Threads, done => rendering.Report(done));
        TimeSpan rendered = watch.Elapsed;

        var detector = new PartDetector(options.Batch, kernels, pool, options.Seed);
        report.WriteLine($"detector: {detector.ParameterCount:N0} parameters, {detector.Graph.MultiplyAdds / 1e6:F1} million multiply-adds, kernels {kernels.Name}, {options.Threads} threads");
        int steps = options.TrainingParts / options.Batch * options.Epochs;
        watch.Restart();
        new DetectorTraining(detector, set, options.Seed, pool).Run(options.Epochs, new Progress("training", steps));
        TimeSpan trained = watch.Elapsed;

        ModelProto model = detector.ToOnnx(options.Seed);
        float threshold = Evaluation.BestThreshold(Judge(model, "threshold", options.ThresholdParts, PartRecipe.ForTest, out _));
        var accuracy = new Dictionary<string, AccuracyInfo>
        {
            ["test"] = Measure(model, "test", options.TestParts, threshold, out List<PartPicture> test),
            ["check"] = Measure(model, "check", options.CheckParts, threshold, out _),
        };
        List<PartPicture> calibration = Render("calibration", options.CalibrationParts, PartRecipe.ForCalibration);
        var training = new TrainingInfo(options.TrainingParts, options.Epochs, options.Batch, kernels.Name, options.Threads, Math.Round(rendered.TotalSeconds), Math.Round(trained.TotalSeconds));
        Write(detector, model, threshold, accuracy, training, test, calibration);
    }

    private AccuracyInfo Measure(ModelProto model, string purpose, int count, float threshold, out List<PartPicture> pictures)
    {
        Evaluation e = Evaluation.Of(Judge(model, purpose, count, PartRecipe.ForTest, out pictures), threshold);
        report.WriteLine($"{purpose}: {count} parts never seen in training, threshold {threshold:F2}: verdict {e.Accuracy:P1}, false rejects {e.FalseRejects:P1}, escapes {e.Escapes:P1}, AP50 {e.MeanAveragePrecision:P1}");
        for (int k = 0; k < DefectKinds.Count; k++)
            report.WriteLine($"  {((DefectKind)k).Label(),-13} recall {e.Recall[k],7:P1}  AP50 {e.AveragePrecision[k],7:P1}");
        return AccuracyInfo.Of(e);
    }

    private List<JudgedPart> Judge(ModelProto model, string purpose, int count, Func<int, DefectKind[]> recipe, out List<PartPicture> pictures)
    {
        pictures = Render(purpose, count, recipe);
        return Inspection.Judge(model, pictures, options.Threads, new Progress($"judging {purpose}", count));
    }

    private List<PartPicture> Render(string purpose, int count, Func<int, DefectKind[]> recipe)
    {
        var renderer = new PartRenderer(options.Seed, purpose);
        var progress = new Progress($"rendering {purpose}", count);
        var pictures = new PartPicture[count];
        int done = 0;
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = options.Threads }, i =>
        {
            pictures[i] = PartPicture.Make(renderer, $"{purpose}/{i:D3}.jpg", i, recipe(i));
            progress.Report(Interlocked.Increment(ref done));
        });
        return [.. pictures];
    }

    private void Write(PartDetector detector, ModelProto proto, float threshold, Dictionary<string, AccuracyInfo> accuracy, TrainingInfo training, List<PartPicture> test, List<PartPicture> calibration)
    {
        const string model = "parts.onnx", labelFile = "labels.txt";
        string[] labels = [.. Enumerable.Range(0, DefectKinds.Count).Select(i => ((DefectKind)i).Label())];
        string modelPath = Path.Combine(options.Folder, model);
        OnnxWriter.Save(proto, modelPath);
        File.WriteAllLines(Path.Combine(options.Folder, labelFile), labels);
        foreach (PartPicture p in test.Concat(calibration))
        {
            string path = Path.Combine(options.Folder, p.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, p.Jpeg);
        }
        WritePipeline(model, labelFile, MathF.Round(threshold, 2));
        byte[] bytes = File.ReadAllBytes(modelPath);
        var info = new ModelInfo(model, Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length, detector.ParameterCount, detector.Graph.MultiplyAdds);
        ManifestWriter.Write(Path.Combine(options.Folder, "manifest.json"), new Manifest(
            "machined flange EF-60", options.Seed, options.Command, new PictureInfo(PartRenderer.Size, PartRenderer.Size, PartPicture.Quality), labels, info, training,
            accuracy, [.. test.Select(ImageInfo.Of)], [.. calibration.Select(ImageInfo.Of)]));
        report.WriteLine($"{options.Folder}: {model} ({bytes.Length / 1024} KiB), {test.Count} test and {calibration.Count} calibration pictures ({test.Concat(calibration).Sum(p => p.Jpeg.Length) / 1024} KiB)");
    }

    private void WritePipeline(string model, string labels, float threshold)
    {
        PostprocessOptions postprocess = Inspection.Postprocess(threshold);
        var pipeline = new PipelineInfo(
            model, labels, JsonNode.Parse(PartDetector.Preprocess.ToJson())!, JsonNode.Parse(postprocess.ToJson())!, JsonNode.Parse(new DecisionRule(threshold).ToJson())!);
        ManifestWriter.Write(Path.Combine(options.Folder, "pipeline.json"), pipeline);
    }
}
