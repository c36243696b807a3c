using System.CommandLine;
using Edge.Benchmarks.Kernels;
using Edge.Benchmarks.Models;

var isa = new Option<string[]>("--isa") { Description = "kernel sets to measure; all that this CPU can run if none is given", AllowMultipleArgumentsPerToken = true };
var only = new Option<string?>("--only") { Description = "shapes and types whose name contains this" };
var threads = new Option<int>("--threads") { Description = "threads of a run", DefaultValueFactory = _ => 1 };
var slices = new Option<int>("--slices") { Description = "times that each contender gets its turn", DefaultValueFactory = _ => 9 };
var against = new Option<string?>("--against") { Description = "another engine in the same process, interleaved: onnxruntime" };
against.AcceptOnlyFromAmong("onnxruntime");
var kernels = new Command("kernels", "Measures convolutions and matrix products, one shape after the other.") { isa, only, threads, slices, against };
kernels.SetAction(p => KernelBenchmark.Run(new KernelBenchmarkOptions(
    p.GetValue(isa)!, p.GetValue(only) ?? "", p.GetValue(threads), p.GetValue(slices), p.GetValue(against) is not null)));

var files = new Argument<string[]>("models") { Description = "ONNX files, also compressed with gzip; those of the shared folder if none is given", Arity = ArgumentArity.ZeroOrMore };
var dims = new Option<string[]>("--dim") { Description = "size of a free dimension, as name=size; 1 if not given", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
var counts = new Option<int[]>("--threads") { Description = "numbers of threads, each measured on its own", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 2] };
var json = new Option<string?>("--json") { Description = "a file for the results" };
var set = new Option<string?>("--isa") { Description = "kernel set instead of the best one" };
var models = new Command("models", "Measures whole models against ONNX Runtime, interleaved in one process.") { files, dims, counts, slices, only, set, json };
models.SetAction(p => ModelBenchmark.Run(new ModelBenchmarkOptions(
    p.GetValue(files)!, p.GetValue(dims)!, p.GetValue(counts)!, p.GetValue(slices), p.GetValue(only) ?? "", p.GetValue(set), p.GetValue(json))));

var root = new RootCommand("Measures parts of the runtime on this machine.") { kernels, models };
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is NotSupportedException or IOException or Edge.Onnx.ModelException)
{
    Console.Error.WriteLine($"benchmarks: {e.Message}");
    return 1;
}
