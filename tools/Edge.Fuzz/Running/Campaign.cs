using System.Collections.Concurrent;
using System.Diagnostics;
using Edge.Fuzz.Corpus;
using Edge.Fuzz.Findings;

namespace Edge.Fuzz.Running;

/// <summary>Runs mutants in several processes, counts what becomes of them and keeps the findings.</summary>
internal sealed class Campaign(int seed, int count, int jobs, FindingStore store)
{
    private readonly ConcurrentDictionary<string, int> _outcomes = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _done;
    private long _printed;

    /// <summary>Runs all and returns the number of findings.</summary>
    public int Run()
    {
        Console.WriteLine($"corpus: {SeedCorpus.Load().Description}");
        Console.WriteLine($"{count:N0} mutants, seed {seed}, {jobs} {(jobs == 1 ? "process" : "processes")}; findings go to {store.Folder}");
        Task.WaitAll([.. Enumerable.Range(0, jobs).Select(j => Task.Run(() => Work(j)))]);
        Progress(last: true);
        foreach (var (signature, times) in store.Signatures) Console.WriteLine($"  {times,6}× {signature}");
        return store.Count;
    }

    private void Work(int job)
    {
        string folder = Path.Combine(Path.GetTempPath(), $"edge-fuzz-{Environment.ProcessId}-{job}");
        int next = job;
        while (next < count)
        {
            using var child = new ChildProcess(folder, "child", "mutants", $"{seed}", $"{next}", $"{jobs}", $"{count}", folder);
            next = Follow(child, next);
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Reads the child's reports until it ends, and returns the mutant to go on with.</summary>
    private int Follow(ChildProcess child, int next)
    {
        string origin = "";
        while (true)
        {
            var (line, verdict) = child.Read();
            if (verdict is not null)
            {
                // Before the first mutant, the fuzzer itself is at fault.
                if (origin.Length == 0) throw new InvalidOperationException($"the process died before its first mutant: {verdict.Detail}");
                Count(verdict, next, origin, child);
                return next + jobs;
            }

            if (line is null) return count;
            string[] fields = line.Split('\t');
            if (fields[0] == "start") (next, origin) = (int.Parse(fields[1]), fields[2]);
            if (fields[0] != "end") continue;
            Count(new Verdict(Enum.Parse<Outcome>(fields[1]), fields[2], fields[3], fields[4].Replace('\u2028', '\n')), next, origin, child);
        }
    }

    private void Count(Verdict verdict, int index, string origin, ChildProcess child)
    {
        _outcomes.AddOrUpdate($"{verdict.Outcome.ToString().ToLowerInvariant()} {(verdict.Outcome == Outcome.Refused ? $"at {verdict.Stage}" : "")}".Trim(), 1, (_, n) => n + 1);
        Interlocked.Increment(ref _done);
        Progress(last: false);
        if (!verdict.IsFinding) return;
        string kept = Child.KeptPath(child.Folder, index);
        if (store.Add(verdict, File.Exists(kept) ? kept : child.MutantPath, $"seed {seed}, mutant {index}, of {origin}") is { } file)
            Console.WriteLine($"FINDING {verdict.Signature} ({verdict.Stage}; mutant {index} of {origin}): {file}");
        File.Delete(kept);
    }

    private void Progress(bool last)
    {
        long now = (long)_clock.Elapsed.TotalSeconds / 10, before = Volatile.Read(ref _printed);
        if (!last && (now == before || Interlocked.CompareExchange(ref _printed, now, before) != before)) return;
        string outcomes = string.Join(", ", _outcomes.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => $"{o.Value:N0} {o.Key}"));
        Console.WriteLine($"{_done:N0} of {count:N0} mutants in {_clock.Elapsed.TotalSeconds:F0} s, {_done / _clock.Elapsed.TotalSeconds:F0}/s: {outcomes}; {store.Count} findings, {store.Signatures.Count} kinds");
    }
}
