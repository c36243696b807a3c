using Edge.Benchmarks.Measuring;
using Edge.Benchmarks.Models;
using Edge.Benchmarks.Reporting;
using Edge.Onnx;
using Edge.Runtime;

namespace Edge.Benchmarks.Tuning;

/// <summary>Lets sessions of all float32 models tune themselves into the table that the runtime has of this kind of CPU.</summary>
internal static class MethodMeasurement
{
    /// <param name="threads">Numbers of threads, each measured on its own.</param>
    /// <param name="only">Part of the names of the models.</param>
    /// <param name="isas">Kernel sets; the best one if empty.</param>
    public static int Run(int[] threads, string only, string[] isas)
    {
        string table = Path.Combine(RepositoryRoot.Find(), "runtime", "Edge.Runtime", "Tuning", "Tables", Cpu.Kind + ".tsv");
        Console.WriteLine($"{Cpu.Kind} ({Cpu.Name()}): what is new goes to {table}");
        foreach (BenchmarkModel source in ModelBenchmark.All().Where(m => !m.IsInt8 && m.Label.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            try
            {
                using var model = Model.Load(source.Read(), source.Label);
                var inputs = source.Inputs(model);
                foreach (string? isa in isas.Length == 0 ? (string?[])[null] : isas)
                    foreach (int count in threads)
                    {
                        Affinity.Pin(count);
                        using var session = new InferenceSession(model, new SessionOptions { Threads = count, Isa = isa, Tune = true, TuningFile = table, Log = Console.WriteLine });
                        session.Run(inputs);
                        Affinity.Release();
                    }
            }
            catch (ModelException e)
            {
                Console.WriteLine($"{source.Label}: {e.Message}");
            }
        }

        return 0;
    }
}
