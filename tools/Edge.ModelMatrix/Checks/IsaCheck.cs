using System.Security.Cryptography;
using Edge.Kernels;
using Edge.Runtime;
using Edge.SharedModels;
using Edge.SharedModels.Samples;

namespace Edge.ModelMatrix.Checks;

/// <summary>Runs every int8 model on every kernel set of this CPU: all outputs must be the same bytes.</summary>
internal static class IsaCheck
{
    public static bool Run(string data, SharedSets sets, IEnumerable<ModelCase> cases, int samples)
    {
        var isas = KernelCatalog.Available.Select(k => k.Name).ToArray();
        Console.WriteLine($"Bytes of int8 models on {string.Join(", ", isas)} ({samples} samples a model, 1 and {Environment.ProcessorCount} threads)");
        bool good = true;
        foreach (var c in cases)
        {
            foreach (var (form, path) in c.Int8)
            {
                var inputs = c.Open(sets);
                using var model = Model.Load(ModelFiles.Read(data, path), Path.GetFileName(path));
                var hashes = isas.SelectMany(isa => (int[])[1, Environment.ProcessorCount], (isa, threads) => (Isa: isa, Hash: Hash(model, isa, threads, inputs, samples))).ToArray();
                var odd = hashes.Where(h => h.Hash != hashes[^1].Hash).Select(h => h.Isa).Distinct().ToArray();
                good &= odd.Length == 0;
                Console.WriteLine($"  {c.Name,-30}{form,-11}{hashes[^1].Hash[..16]}  {(odd.Length == 0 ? "equal" : "DIFFERENT on " + string.Join(", ", odd))}");
            }
        }

        Console.WriteLine();
        return good;
    }

    private static string Hash(Model model, string isa, int threads, ISamples inputs, int samples)
    {
        using var session = new InferenceSession(model, new SessionOptions { Isa = isa, Threads = threads });
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int count = Math.Min(samples, inputs.Count);
        for (int i = 0; i < count; i++)
            foreach (var output in session.Run([.. inputs.Inputs((int)((long)i * inputs.Count / count))])) hash.AppendData(output.Bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
