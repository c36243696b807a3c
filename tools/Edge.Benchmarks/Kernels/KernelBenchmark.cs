using System.Runtime.InteropServices;
using Edge.Benchmarks.Measuring;
using Edge.Kernels;
using Edge.Kernels.Threading;
using Edge.Runtime;

namespace Edge.Benchmarks.Kernels;

/// <param name="Isas">Kernel sets; all available ones if empty.</param>
/// <param name="Only">Part of the names of the rows to measure.</param>
/// <param name="Threads">Threads of a run.</param>
/// <param name="Slices">Turns of each contender.</param>
/// <param name="AgainstOnnxRuntime">Whether ONNX Runtime takes part.</param>
internal sealed record KernelBenchmarkOptions(string[] Isas, string Only, int Threads, int Slices, bool AgainstOnnxRuntime);

/// <summary>A table: a row for each shape, type and kernel set; medians of interleaved slices.</summary>
internal static class KernelBenchmark
{
    public static int Run(KernelBenchmarkOptions options)
    {
        KernelSet[] sets = options.Isas.Length == 0 ? [.. KernelCatalog.Available.Where(s => s.Name != "scalar")] : [.. options.Isas.Select(KernelCatalog.Select)];
        Console.WriteLine($"{Cpu.Name()}, {RuntimeInformation.FrameworkDescription}, {options.Threads} thread(s); µs a layer and 10⁹ operations (2 a multiply-accumulate) a second, medians");
        Console.WriteLine($"{"shape",-18}{"type",-6}{"kernel",-32}{"µs",9}{"GOP/s",9}{(options.AgainstOnnxRuntime ? "  × ONNX Runtime" : "")}");
        using var pool = new WorkerPool(options.Threads);
        foreach (KernelShape shape in KernelShape.All)
            foreach (bool int8 in (bool[])[false, true])
            {
                string type = int8 ? "int8" : "f32";
                if ($"{shape.Name} {type}".Contains(options.Only, StringComparison.OrdinalIgnoreCase)) Measure(shape, type, int8, sets, pool, options);
            }
        return 0;
    }

    private static void Measure(KernelShape shape, string type, bool int8, KernelSet[] sets, WorkerPool pool, KernelBenchmarkOptions options)
    {
        LayerChain[] chains = [.. sets.Select(s => new LayerChain(s, shape, int8, pool))];
        using OnnxRuntimeChain? other = options.AgainstOnnxRuntime && shape.Return is not null ? new OnnxRuntimeChain(shape, int8, options.Threads) : null;
        List<Action> contenders = [.. chains.Select(c => (Action)c.Run)];
        if (other is not null) contenders.AddRange([other.RunShort, other.RunLong]);
        double[] seconds = Interleaved.Medians(contenders, options.Slices, options.Threads == 1);
        double operations = LayerChain.Operations(shape);
        double? otherSeconds = other is null ? null : seconds[^1] - seconds[^2];
        for (int i = 0; i < chains.Length; i++)
        {
            string ratio = otherSeconds is { } o ? $"{o / seconds[i],16:F2}" : "";
            Console.WriteLine($"{shape.Name,-18}{type,-6}{chains[i].KernelName,-32}{seconds[i] / LayerChain.Layers * 1e6,9:F1}{operations / seconds[i] / 1e9,9:F1}{ratio}");
            chains[i].Dispose();
        }
        if (otherSeconds is { } s) Console.WriteLine($"{shape.Name,-18}{type,-6}{"ONNX Runtime",-32}{s / LayerChain.Layers * 1e6,9:F1}{operations / s / 1e9,9:F1}");
    }
}
