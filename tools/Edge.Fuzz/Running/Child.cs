using Edge.Fuzz.Corpus;
using Edge.Fuzz.Mutation;

namespace Edge.Fuzz.Running;

/// <summary>
/// The process in which mutants run. It writes a line to its output before a mutant and another behind it, so that who
/// started it knows which one it died of; the mutant lies in a file by then.
/// </summary>
internal static class Child
{
    /// <summary>A small stack, as threads of a pool may have: what recurses with the file is found.</summary>
    private const int StackBytes = 1 << 20;

    /// <summary>Collections walk the whole heap, and so find soon that something wrote where it should not.</summary>
    private const int CollectEvery = 64;

    /// <summary>Mutants <paramref name="from"/>, <paramref name="from"/> + <paramref name="step"/>, … below <paramref name="to"/>.</summary>
    public static int Mutants(int seed, int from, int step, int to, string folder) => OnSmallStack(() =>
    {
        var corpus = SeedCorpus.Load();
        string path = Prepare(folder);
        for (int i = from; i < to; i += step)
        {
            var mutant = Mutant.Make(corpus, seed, i);
            File.WriteAllBytes(path, mutant.Bytes);
            Console.WriteLine($"start\t{i}\t{mutant.Origin}");
            var verdict = Target.Test(path);
            if (verdict.IsFinding) File.WriteAllBytes(KeptPath(folder, i), mutant.Bytes);
            Report(verdict);
            if (i / step % CollectEvery == 0) GC.Collect();
        }
    });

    /// <summary>Files that are named on the standard input, one a line.</summary>
    public static int Files(string folder) => OnSmallStack(() =>
    {
        string path = Prepare(folder);
        while (Console.ReadLine() is { } file)
        {
            File.Copy(file, path, overwrite: true);
            Console.WriteLine($"start\t0\t{file}");
            Report(Target.Test(path));
            GC.Collect();
        }
    });

    /// <summary>Where a mutant is found that the child has survived: by the time somebody looks, it is busy with another.</summary>
    public static string KeptPath(string folder, int index) => Path.Combine(folder, $"finding-{index}.onnx");

    private static void Report(Verdict v) => Console.WriteLine($"end\t{v.Outcome}\t{v.Stage}\t{v.Signature}\t{v.Detail.ReplaceLineEndings("\u2028").Replace('\t', ' ')}");

    private static string Prepare(string folder)
    {
        Directory.CreateDirectory(folder);
        byte[] weights = new byte[BuiltSeeds.ExternalLength];
        for (int i = 0; i < weights.Length; i++) weights[i] = (byte)(i % 64);
        File.WriteAllBytes(Path.Combine(folder, BuiltSeeds.ExternalFile), weights);
        return Path.Combine(folder, "mutant.onnx");
    }

    private static int OnSmallStack(Action action)
    {
        var thread = new Thread(() => action(), StackBytes);
        thread.Start();
        thread.Join();
        return 0;
    }
}
