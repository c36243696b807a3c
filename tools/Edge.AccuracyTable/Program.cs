using System.CommandLine;
using Edge.AccuracyTable;
using Edge.AccuracyTable.Costs;
using Edge.AccuracyTable.Measuring;
using Edge.Imaging;
using Edge.Runtime;
using Edge.SharedModels;
using Edge.SharedModels.Samples;

var only = new Option<string[]>("--only") { Description = "models whose name contains one of these", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
var int8 = new Option<string>("--int8") { Description = "how int8 models are made: none, plain, search", DefaultValueFactory = _ => "search" };
int8.AcceptOnlyFromAmong("none", "plain", "search");
var output = new Option<string?>("--output", "-o") { Description = "write the page there; docs/accuracy.md of the folder it is called from if it is not given, and nowhere with --only" };
var keep = new Option<string?>("--keep") { Description = "folder to keep the int8 models in" };
var cost = new Option<string?>("--cost") { Description = "measure only time and memory of one piece of work, in this process", Hidden = true };
cost.AcceptOnlyFromAmong(CostMeasurement.Kinds);
var root = new RootCommand("Measures what int8 costs every labelled model of the shared folder, and what it brings.") { only, int8, output, keep, cost };
root.SetAction((p, cancellation) =>
{
    if (ModelFiles.FindData() is not { } data) throw new IOException("the shared data folder is not there; set EDGE_SHARED to the folder that holds data/");
    if (p.GetValue(cost) is { } kind)
    {
        CostMeasurement.Run(kind, data);
        return Task.FromResult(0);
    }
    var form = Enum.Parse<Int8Form>(p.GetValue(int8)!, ignoreCase: true);
    // The figures of DATA.md were measured with pictures decoded by libjpeg.
    var measurement = new Measurement(data, new SharedSets(data, ImageCodec.Create(CodecChoice.Auto)), form, p.GetValue(keep) is { } folder ? Directory.CreateDirectory(folder).FullName : null);
    string[] words = p.GetValue(only)!;
    if (words.Length == 0 && p.GetValue(output) is null && !Directory.Exists("docs")) throw new IOException("docs: no such folder; call it from the repository, or say --output where the page goes");
    AccuracyCase[] cases = [.. AccuracyCases.All.Where(c => words.Length == 0 || words.Any(w => c.Name.Contains(w, StringComparison.OrdinalIgnoreCase)))];
    var rows = new List<AccuracyRow>();
    foreach (AccuracyCase c in cases)
    {
        cancellation.ThrowIfCancellationRequested();
        rows.Add(measurement.Of(c));
        Console.WriteLine(MarkdownTable.Row(rows[^1]));
    }

    IReadOnlyList<CostRow> costs = form == Int8Form.Search && words.Length == 0 ? CostMeasurement.All(cancellation) : [];
    string machine = $"{Cpu.Kind} ({Cpu.Name()}), {Environment.ProcessorCount} cores, on {DateTime.UtcNow:yyyy-MM-dd}";
    string command = $"dotnet run --project tools/Edge.AccuracyTable -c Release{(form == Int8Form.Search ? "" : $" -- --int8 {p.GetValue(int8)}")}";
    if ((p.GetValue(output) ?? (words.Length == 0 ? Path.Combine("docs", "accuracy.md") : null)) is { } path) File.WriteAllText(path, MarkdownTable.Of(rows, costs, machine, command, form));
    return Task.FromResult(rows.All(r => r.Kept || form == Int8Form.None) ? 0 : 1);
});
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is Edge.Onnx.ModelException or IOException or InvalidDataException)
{
    Console.Error.WriteLine($"accuracytable: {e.Message}");
    return 1;
}
