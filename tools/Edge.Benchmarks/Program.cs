using System.CommandLine;
using Edge.Benchmarks.Kernels;

var isa = new Option<string[]>("--isa") { Description = "kernel sets to measure; all that this CPU can run if none is given", AllowMultipleArgumentsPerToken = true };
var only = new Option<string?>("--only") { Description = "shapes and types whose name contains this" };
var threads = new Option<int>("--threads") { Description = "threads of a run", DefaultValueFactory = _ => 1 };
var slices = new Option<int>("--slices") { Description = "times that each contender gets its turn", DefaultValueFactory = _ => 9 };
var against = new Option<string?>("--against") { Description = "another engine in the same process, interleaved: onnxruntime" };
against.AcceptOnlyFromAmong("onnxruntime");
var kernels = new Command("kernels", "Measures convolutions and matrix products, one shape after the other.") { isa, only, threads, slices, against };
kernels.SetAction(p => KernelBenchmark.Run(new KernelBenchmarkOptions(
    p.GetValue(isa)!, p.GetValue(only) ?? "", p.GetValue(threads), p.GetValue(slices), p.GetValue(against) is not null)));
var root = new RootCommand("Measures parts of the runtime on this machine.") { kernels };
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (NotSupportedException e)
{
    Console.Error.WriteLine($"benchmarks: {e.Message}");
    return 1;
}
