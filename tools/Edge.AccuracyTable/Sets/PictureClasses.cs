using Edge.Evaluation.Tasks;
using Edge.Pipeline;
using Edge.Runtime;
using Edge.SharedModels.Samples;

namespace Edge.AccuracyTable.Sets;

/// <summary>What sets with a class a sample share.</summary>
internal static class Classes
{
    public static Func<IInferenceSession, EvaluationTask> Of(ISamples evaluation, int classes, int firstClass = 0) =>
        _ => new ClassificationTask(Labels.Numbered(classes), [.. Enumerable.Range(0, evaluation.Count).Select(evaluation.Label)], 0, firstClass);
}

/// <summary>500 photos of ImageNet's classes, one of each of 500.</summary>
internal static class ImageNet
{
    public static DataSet Open(SharedSets sets, int size)
    {
        (Part calibration, Part evaluation) = Part.EveryNth(sets.ImageNet("mean=128,std=128", size), 5);
        return new DataSet(calibration, evaluation, Classes.Of(evaluation, 1000, firstClass: 1), "every 5th picture calibrates, the others judge");
    }
}

/// <summary>The test pictures of CIFAR-10, compressed as JPEG.</summary>
internal static class Cifar
{
    public static DataSet Open(SharedSets sets, string preprocess, params int[] dims)
    {
        (Part calibration, Part evaluation) = Part.EveryNth(sets.Cifar(preprocess, dims), 50);
        return new DataSet(calibration, evaluation, Classes.Of(evaluation, 10), "every 50th picture calibrates, the others judge");
    }
}

/// <summary>Handwritten digits.</summary>
internal static class Mnist
{
    public static DataSet Open(SharedSets sets)
    {
        (Part calibration, Part evaluation) = Part.EveryNth(sets.Mnist(), 50);
        return new DataSet(calibration, evaluation, Classes.Of(evaluation, 10), "every 50th digit calibrates, the others judge");
    }
}

/// <summary>Visual wake words: is there a person.</summary>
internal static class Persons
{
    private const string Preprocess = "resize=96x96,interpolation=antialiased,scale=1/255";

    public static DataSet Open(SharedSets sets)
    {
        ISamples evaluation = sets.Persons(Preprocess, 1, 96, 96, 3);
        var photos = sets.Pictures("labelled/imagenet_1k_samples/images", Preprocess, 1, 96, 96, 3);
        return new DataSet(Part.Spread(photos, 200), evaluation, Classes.Of(evaluation, 2), "200 photos of ImageNet calibrate, all 128 of COCO judge");
    }
}

/// <summary>MLPerf Tiny's keyword spotting.</summary>
internal static class Keywords
{
    public static DataSet Open(SharedSets sets)
    {
        (Part calibration, Part evaluation) = Part.EveryNth(sets.Keywords(), 10);
        return new DataSet(calibration, evaluation, Classes.Of(evaluation, 12), "every 10th tensor calibrates, the others judge");
    }
}

/// <summary>A class for each pixel, of which one picture alone is labelled: held to the float model.</summary>
internal static class Pixels
{
    public static DataSet Open(SharedSets sets)
    {
        (Part calibration, Part evaluation) = Part.EveryNth(Part.Spread(sets.Pictures(Detectors.Coco, "resize=513x513,mean=128,std=128", 1, 513, 513, 3), 48), 3);
        return new DataSet(calibration, evaluation, Signals.Agreement, "every 3rd of 48 pictures calibrates, the others judge");
    }
}
