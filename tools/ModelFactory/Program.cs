using System.CommandLine;
using Edge.Imaging;
using ModelFactory;
using ModelFactory.Parts;

var seed = new Option<ulong>("--seed") { Description = "Seed of everything: the same seed makes the same pictures and, on the same kernel set, the same weights.", DefaultValueFactory = _ => 7 };
var folder = new Option<string>("--out") { Description = "Folder to write to; made if need be.", Required = true };
var trainingParts = Positive("--training-parts", 6000, "Parts to render for training.");
var epochs = Positive("--epochs", 14, "How often each of them is shown.");
var batch = Positive("--batch", 16, "Parts a step.");
var threads = Positive("--threads", Environment.ProcessorCount, "Threads; they do not change the result.");
var checkParts = Positive("--check-parts", 1000, "Freshly rendered parts to measure on, besides the 200 test pictures.");
var parts = new Command("parts", "Makes the flange detector: renders parts with six kinds of defects, trains, measures on parts never seen, and writes parts.onnx, labels.txt, pipeline.json, manifest.json, 200 test and 64 calibration pictures.")
{
    seed, folder, trainingParts, epochs, batch, threads, checkParts,
};
parts.SetAction(result => Guard(() =>
{
    var options = new PartsOptions(
        result.GetValue(seed), result.GetRequiredValue(folder), result.GetValue(trainingParts), result.GetValue(epochs), result.GetValue(batch),
        result.GetValue(threads), result.GetValue(checkParts));
    if (options.TrainingParts < options.Batch) throw new ArgumentException($"--training-parts {options.TrainingParts} is less than one batch of {options.Batch}");
    new PartsFactory(options, Console.Out).Run();
}));

var sheet = new Option<string>("--out") { Description = "Picture to write, .png or .jpg.", Required = true };
var count = Positive("--count", 12, "Parts on the sheet.");
var columns = Positive("--columns", 4, "Parts in a row.");
var first = new Option<int>("--first") { Description = "Number of the first part; every seventh is good, the others show the classes in turn." };
var boxes = new Option<bool>("--boxes") { Description = "Draw the true boxes." };
var preview = new Command("preview", "Renders a sheet of parts to look at.") { seed, sheet, count, columns, first, boxes };
preview.SetAction(result => Guard(() => Preview.Write(
    result.GetRequiredValue(sheet), result.GetValue(seed), result.GetValue(count), result.GetValue(columns), result.GetValue(first), result.GetValue(boxes))));

return new RootCommand("Makes the repository's own models.") { parts, preview }.Parse(args).Invoke();

static Option<int> Positive(string name, int value, string description)
{
    var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
    option.Validators.Add(r =>
    {
        if (r.GetValueOrDefault<int>() < 1) r.AddError($"{name} must be at least 1");
    });
    return option;
}

static int Guard(Action work)
{
    try
    {
        work();
        return 0;
    }
    catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or ImageException or NotSupportedException)
    {
        Console.Error.WriteLine($"error: {e.Message}");
        return 1;
    }
}
