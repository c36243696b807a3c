using System.CommandLine;
using Edge.Fuzz.Corpus;
using Edge.Fuzz.Findings;
using Edge.Fuzz.Running;

// How the fuzzer starts the processes in which mutants run; not for people.
if (args is ["child", "mutants", var s, var from, var step, var to, var place])
    return Child.Mutants(int.Parse(s), int.Parse(from), int.Parse(step), int.Parse(to), place);
if (args is ["child", "files", var folderOfFiles]) return Child.Files(folderOfFiles);
if (args is ["coverage"])
{
    // Under afl-fuzz, as coverage.sh starts it.
    SharpFuzz.Fuzzer.OutOfProcess.Run(Target.TestStream);
    return 0;
}


var seed = new Option<int>("--seed") { Description = "the same seed gives the same mutants", DefaultValueFactory = _ => 1 };
var count = new Option<int>("--count") { Description = "mutants", DefaultValueFactory = _ => 3000 };
var jobs = new Option<int>("--jobs") { Description = "processes", DefaultValueFactory = _ => 1 };
var findings = new Option<string>("--findings") { Description = "folder for findings", DefaultValueFactory = _ => Path.Combine("artifacts", "fuzz") };
var mutate = new Command("mutate", "Damages models in bytes and in structure and sends them through reader, import, passes, planning and a run.") { seed, count, jobs, findings };
mutate.SetAction(p => new Campaign(p.GetValue(seed), p.GetValue(count), p.GetValue(jobs), new FindingStore(p.GetValue(findings)!)).Run() == 0 ? 0 : 1);

var files = new Argument<string[]>("files") { Description = "model files", Arity = ArgumentArity.OneOrMore };
var replay = new Command("replay", "Says what becomes of files.") { files };
replay.SetAction(p =>
{
    using var probe = new Probe();
    var verdicts = p.GetValue(files)!.Select(f => (File: f, Verdict: probe.Test(f))).ToArray();
    foreach (var (file, v) in verdicts) Console.WriteLine($"{file}: {v.Outcome.ToString().ToLowerInvariant()} at {v.Stage} {v.Signature}\n{v.Detail}");
    return verdicts.Any(v => v.Verdict.IsFinding) ? 1 : 0;
});

var minimize = new Command("minimize", "Makes findings smaller; the result lies beside each as NAME.min.onnx.") { files };
minimize.SetAction(p =>
{
    using var probe = new Probe();
    foreach (string file in p.GetValue(files)!)
    {
        using var minimizer = new Minimizer(file, probe);
        if (minimizer.Run() is not { } target)
        {
            Console.WriteLine($"{file}: is no finding");
            continue;
        }

        Console.WriteLine($"{file}: {new FileInfo(file).Length:N0} bytes → {target}: {new FileInfo(target).Length:N0} bytes");
    }

    return 0;
});

var write = new Option<string?>("--write") { Description = "writes those of at most 2 KB to this folder instead" };
var seeds = new Command("seeds", "Says what becomes of the sound models that mutants are made of.") { write };
seeds.SetAction(p =>
{
    if (p.GetValue(write) is { } target)
    {
        Directory.CreateDirectory(target);
        foreach (var (model, i) in BuiltSeeds.All.Where(m => m.Bytes.Length <= 2048).Select((m, i) => (m, i))) File.WriteAllBytes(Path.Combine(target, $"{i:D3}.onnx"), model.Bytes);
        return 0;
    }

    using var probe = new Probe();
    var corpus = SeedCorpus.Load();
    string path = Path.Combine(Path.GetTempPath(), $"edge-fuzz-{Environment.ProcessId}-seed.onnx");
    var verdicts = new List<Verdict>();
    foreach (var model in corpus.All)
    {
        File.WriteAllBytes(path, model.Bytes);
        var v = probe.Test(path);
        verdicts.Add(v);
        if (v.Outcome != Outcome.Ran) Console.WriteLine($"{model.Name}: {v.Outcome.ToString().ToLowerInvariant()} at {v.Stage} {v.Signature} {v.Detail}");
    }

    File.Delete(path);
    Console.WriteLine($"{corpus.Description}: {string.Join(", ", verdicts.GroupBy(v => v.Outcome).Select(g => $"{g.Count():N0} {g.Key.ToString().ToLowerInvariant()}"))}");
    return verdicts.Any(v => v.IsFinding) ? 1 : 0;
});

return new RootCommand("Tries to hurt the loader and the session. Ends with 1 if anything but success or a refusal was found.") { mutate, replay, minimize, seeds }.Parse(args).Invoke();
