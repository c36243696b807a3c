using System.CommandLine;
using Edge.Imaging;
using Edge.ModelMatrix;
using Edge.ModelMatrix.Checks;
using Edge.Runtime;
using Edge.SharedModels;
using Edge.SharedModels.Samples;

var only = new Option<string?>("--only") { Description = "models whose name contains this" };
var samples = new Option<int>("--samples") { Description = "samples a model for agreement", DefaultValueFactory = _ => 64 };
var isaSamples = new Option<int>("--isa-samples") { Description = "samples a model for byte equality", DefaultValueFactory = _ => 2 };
var quantized = new Option<int>("--quantized-samples") { Description = "samples a model for interop", DefaultValueFactory = _ => 16 };
var keep = new Option<string?>("--keep") { Description = "folder to keep in what the quantizer writes for interop" };
var direct = new Option<bool>("--direct") { Description = "agreement of direct convolutions, without Winograd's method" };
var checks = new Argument<string[]>("checks") { Description = "agreement, isa, accuracy, interop", DefaultValueFactory = _ => ["agreement", "isa", "accuracy", "interop"] };
checks.AcceptOnlyFromAmong("agreement", "isa", "accuracy", "interop");
var root = new RootCommand("Holds the runtime against ONNX Runtime and against itself, on every model of the shared folder, with real inputs.") { checks, only, samples, isaSamples, quantized, keep, direct };
root.SetAction(p =>
{
    string? data = ModelFiles.FindData();
    if (data is null)
    {
        Console.Error.WriteLine("modelmatrix: the shared data folder is not there; set EDGE_SHARED to the folder that holds data/");
        return 1;
    }

    // The figures of DATA.md were measured with pictures decoded by libjpeg.
    var sets = new SharedSets(data, ImageCodec.Create(CodecChoice.Auto));
    var cases = ModelCases.First.Concat(ModelCases.Others).Where(c => p.GetValue(only) is not { } o || c.Name.Contains(o, StringComparison.OrdinalIgnoreCase)).ToArray();
    bool good = true;
    foreach (string check in p.GetValue(checks)!)
    {
        good &= check switch
        {
            "agreement" => AgreementCheck.Run(data, sets, cases, p.GetValue(samples), new SessionOptions { Winograd = !p.GetValue(direct) }),
            "interop" => InteropCheck.Run(data, sets, cases, p.GetValue(quantized), p.GetValue(keep) is { } folder ? Directory.CreateDirectory(folder).FullName : null),
            "accuracy" => AccuracyCheck.Run(data, sets, cases),
            _ => IsaCheck.Run(data, sets, cases, p.GetValue(isaSamples)),
        };
    }

    return good ? 0 : 1;
});
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is Edge.Onnx.ModelException or IOException or NotSupportedException)
{
    Console.Error.WriteLine($"modelmatrix: {e.Message}");
    return 1;
}
