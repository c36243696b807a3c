using System.CommandLine;
using Edge.Benchmarks.Arm;
using Edge.Benchmarks.Idle;
using Edge.Benchmarks.Kernels;
using Edge.Benchmarks.Models;
using Edge.Benchmarks.Reporting;
using Edge.Benchmarks.Scale;
using Edge.Benchmarks.Start;
using Edge.Benchmarks.Tuning;
using Edge.Benchmarks.WeightOnly;
using Edge.Runtime;

var isa = new Option<string[]>("--isa") { Description = "kernel sets to measure; all that this CPU can run if none is given, of models the best one", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
var only = new Option<string>("--only") { Description = "rows whose name contains this", DefaultValueFactory = _ => "" };
var threads = new Option<int>("--threads") { Description = "threads of a run", DefaultValueFactory = _ => 1 };
var slices = new Option<int>("--slices") { Description = "times that each contender gets its turn", DefaultValueFactory = _ => 9 };
var against = new Option<string?>("--against") { Description = "another engine in the same process, interleaved: onnxruntime" };
against.AcceptOnlyFromAmong("onnxruntime");
var save = new Option<string?>("--save") { Description = "write the results as Markdown, JSON and a chart into this folder; docs/benchmarks/CPU if none is named", Arity = ArgumentArity.ZeroOrOne };
var publish = new Option<bool>("--publish") { Description = "publish native binaries again although they are there" };
var ncnn = new Option<string[]>("--ncnn") { Description = "results of ncnn to show beside: name=ms, or a file with benchncnn's output", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
var files = new Argument<string[]>("models") { Description = "ONNX files, also compressed with gzip; generated networks and the shared folder's if none is given", Arity = ArgumentArity.ZeroOrMore };
var methods = new Option<bool>("--methods") { Description = "measure every way of computing a convolution, the chosen one first" };
var dims = new Option<string[]>("--dim") { Description = "size of a free dimension, as name=size; 1 if not given", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
var counts = new Option<int[]>("--threads") { Description = "numbers of threads, each measured on its own", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 2] };

var models = new Command("models", "Measures whole models against ONNX Runtime, interleaved in one process.") { files, dims, counts, slices, only, isa, ncnn, save };
models.SetAction(p => Finish(p, ModelBenchmark.Run(new ModelBenchmarkOptions(
    p.GetValue(files)!, p.GetValue(dims)!, p.GetValue(counts)!, p.GetValue(slices), p.GetValue(only)!, p.GetValue(isa)!, NcnnResults.Parse(p.GetValue(ncnn)!)))));
var formats = new Command("isa", "Measures our 8-bit forms of networks against our float32 forms, with every kernel set.") { isa, only, slices, save };
formats.SetAction(p => Finish(p, IsaBenchmark.Run(p.GetValue(isa)!, p.GetValue(only)!, p.GetValue(slices))));
var kernels = new Command("kernels", "Measures convolutions and matrix products, one shape after the other.") { isa, only, threads, slices, methods, against, save };
kernels.SetAction(p => Finish(p, KernelBenchmark.Run(new KernelBenchmarkOptions(
    p.GetValue(isa)!, p.GetValue(only)!, p.GetValue(threads), p.GetValue(slices), p.GetValue(methods), p.GetValue(against) is not null))));
var weights = new Command("weights", "Measures float32 products whose weights stay integers in memory against those with float32 weights.") { isa, only, threads, slices, save };
weights.SetAction(p => Finish(p, WeightOnlyBenchmark.Run(p.GetValue(isa)!, p.GetValue(only)!, p.GetValue(threads), p.GetValue(slices))));
var memory = new Command(SessionMemory.Command, "Runs a model once and prints what the process takes; started by the command weights.") { files };
memory.Hidden = true;
memory.SetAction(p => SessionMemory.Run(p.GetValue(files)![0]));
var start = new Command("start", "Measures native programs from their start to the first result.") { publish, save };
start.SetAction(p => Finish(p, StartBenchmark.Run(p.GetValue(publish))));
var idle = new Command("idle", "Measures what a process takes that runs a model six times a second.") { save };
idle.SetAction(p => Finish(p, IdleBenchmark.Run()));
var scale = new Command("scale", "Measures how time grows with threads, batch and picture; with --only, one and two threads of these models.") { only, slices, save };
scale.SetAction(p => Finish(p, p.GetValue(only) is { Length: > 0 } names ? ScaleBenchmark.Models(names, p.GetValue(slices)) : ScaleBenchmark.Run()));
var arm = new Command("arm", "Looks at the inner loops of the arm64 binary with llvm-mca.") { publish, save };
arm.SetAction(p => Finish(p, ArmBenchmark.Run(p.GetValue(publish))));
var tune = new Command("tune", "Measures which way of computing each float32 convolution of all models is the fastest, for the runtime's table of this kind of CPU.") { counts, only, isa };
tune.SetAction(p => MethodMeasurement.Run(p.GetValue(counts)!, p.GetValue(only)!, p.GetValue(isa)!));
var all = new Command("all", "Everything, one after the other.") { publish, ncnn, slices, save };
all.SetAction(p =>
{
    Finish(p, IdleBenchmark.Run());
    Finish(p, KernelBenchmark.Run(new KernelBenchmarkOptions([], "", 1, p.GetValue(slices), AllMethods: false, AgainstOnnxRuntime: true)));
    Finish(p, WeightOnlyBenchmark.Run([], "", 1, p.GetValue(slices)));
    Finish(p, ScaleBenchmark.Run());
    Finish(p, ModelBenchmark.Run(new ModelBenchmarkOptions([], [], [1, 2], p.GetValue(slices), "", [], NcnnResults.Parse(p.GetValue(ncnn)!))));
    Finish(p, StartBenchmark.Run(p.GetValue(publish)));
    Finish(p, ArmBenchmark.Run(p.GetValue(publish)));
});

var root = new RootCommand("Measures the runtime on this machine.") { models, formats, kernels, weights, memory, start, idle, scale, arm, tune, all };
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is NotSupportedException or IOException or Edge.Onnx.ModelException)
{
    Console.Error.WriteLine($"benchmarks: {e.Message}");
    return 1;
}

void Finish(ParseResult parsed, Report report)
{
    if (parsed.GetResult(save) is null) return;
    string folder = parsed.GetValue(save) ?? Path.Combine(RepositoryRoot.Find(), "docs", "benchmarks", Cpu.Kind);
    report.Save(folder, $"dotnet run --project tools/Edge.Benchmarks -c Release -- {string.Join(' ', args)}");
}
