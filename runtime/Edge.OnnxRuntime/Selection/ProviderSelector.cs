using System.Security.Cryptography;
using System.Text;
using Edge.Onnx;
using Edge.OnnxRuntime.Providers;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.OnnxRuntime.Selection;

/// <summary>
/// Picks the fastest of several ways to run a model on this machine, of those that agree with a reference, and remembers
/// which it was.
/// </summary>
/// <param name="cache">What is remembered.</param>
/// <param name="log">Where remarks go, each one line.</param>
/// <param name="clock">Null for the system's.</param>
public sealed class ProviderSelector(ChoiceCache cache, Action<string> log, TimeProvider? clock = null)
{
    /// <summary>Turns of each candidate, runs in a turn, and how slow a run must be to be a turn of its own.</summary>
    private const int Turns = 8, MinTurns = 3, RunsInTurn = 4;
    private static readonly TimeSpan s_slow = TimeSpan.FromMilliseconds(100);

    /// <summary>How long each candidate runs before it is measured: .NET compiles what runs often a second time, GPUs raise their clocks.</summary>
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(0.5);

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>The choice, and a session of the chosen candidate.</summary>
    /// <param name="request">What to choose from.</param>
    /// <param name="remeasure">Whether to measure although the choice is known.</param>
    /// <param name="stage">Is told what is being done.</param>
    /// <param name="cancellation">Ends it between two runs.</param>
    /// <exception cref="ProviderException">No candidate can run the model and agrees, or there is no reference.</exception>
    public SelectedProvider Select(SelectionRequest request, bool remeasure, Action<string>? stage = null, CancellationToken cancellation = default)
    {
        string key = Key(request);
        if (!remeasure && Recall(request, key) is { } known) return known;

        stage?.Invoke("the reference");
        var (reference, samples, expected) = Expect(request);
        var trials = new List<Trial>();
        Trial? best = null;
        try
        {
            foreach (var candidate in request.Candidates)
            {
                stage?.Invoke(candidate.Name);
                cancellation.ThrowIfCancellationRequested();
                trials.Add(Try(candidate, request, samples, expected));
            }

            var agreeing = trials.Where(t => t.Session is not null).ToList();
            if (agreeing.Count == 0) throw new ProviderException($"{request.Model}: no provider can run it as the reference does ({reference}): {string.Join("; ", trials.Select(t => $"{t.Candidate.Name}: {t.Verdict}"))}");
            stage?.Invoke($"speed of {string.Join(", ", agreeing.Select(t => t.Candidate.Name))}");
            Measure(agreeing, samples, request.Budget, cancellation);
            best = agreeing.MinBy(t => t.MedianMs)!;
            foreach (var t in agreeing) t.Verdict = t == best ? "fastest" : "slower";
            var choice = new ProviderChoice(request.Model, best.Candidate.Name, Reason(best, agreeing, trials.Count), reference, _clock.GetUtcNow(), [.. trials.Select(t => t.Result())]);
            return new SelectedProvider(best.Session!, choice, Remembered: false, Kept: cache.Remember(key, choice, log));
        }
        finally
        {
            foreach (var t in trials)
                if (t != best) t.Session?.Dispose();
        }
    }

    private SelectedProvider? Recall(SelectionRequest request, string key)
    {
        if (cache.Recall(key, log) is not { } choice || request.Candidates.FirstOrDefault(c => c.Name == choice.Provider) is not { } candidate) return null;
        try
        {
            return new SelectedProvider(candidate.Open(), choice, Remembered: true, Kept: true);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            log($"{choice.Provider} was the fastest for {request.Model}, but cannot be used now: {e.Message}; measuring again");
            return null;
        }
    }

    /// <summary>Runs the first reference that can run the model.</summary>
    private static (string Name, IReadOnlyList<Tensor[]> Samples, IReadOnlyList<Tensor[]> Outputs) Expect(SelectionRequest request)
    {
        var faults = new List<string>();
        foreach (var candidate in request.References)
        {
            try
            {
                using var session = candidate.Open();
                var samples = request.Samples(session.Inputs);
                return (candidate.Name, samples, [.. samples.Select(s => session.Run(s).Select(t => t.Clone()).ToArray())]);
            }
            catch (Exception e) when (IsRefusal(e))
            {
                faults.Add($"{candidate.Name}: {e.Message}");
            }
        }

        throw new ProviderException($"{request.Model}: there is nothing to compare the providers with: {string.Join("; ", faults)}");
    }

    private Trial Try(Candidate candidate, SelectionRequest request, IReadOnlyList<Tensor[]> samples, IReadOnlyList<Tensor[]> expected)
    {
        IInferenceSession? session = null;
        try
        {
            session = candidate.Open();
            var trial = new Trial(candidate) { Engine = session.Provider };
            var agreement = new Agreement(request.Traits);
            for (int i = 0; i < samples.Count; i++)
            {
                long start = _clock.GetTimestamp();
                var outputs = session.Run(samples[i]);
                trial.WarmUp(_clock.GetElapsedTime(start));
                agreement.Add(outputs, expected[i]);
            }

            trial.Error = agreement.RelativeError;
            if (agreement.Refusal(request.Tolerance) is { } refusal)
            {
                trial.Verdict = refusal;
                session.Dispose();
            }
            else
            {
                trial.Session = session;
            }

            return trial;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            session?.Dispose();
            return new Trial(candidate) { Verdict = e.Message };
        }
    }

    /// <summary>
    /// In turns, so that whatever else the machine does falls on all. The first run of a turn is not counted: the threads of the engine before
    /// it may still spin. Runs that are slow make a turn each; there that does not matter.
    /// </summary>
    private void Measure(List<Trial> trials, IReadOnlyList<Tensor[]> samples, TimeSpan budget, CancellationToken cancellation)
    {
        foreach (var t in trials)
        {
            for (int run = 0; t.Warm < s_warmUp; run++)
            {
                cancellation.ThrowIfCancellationRequested();
                long start = _clock.GetTimestamp();
                t.Session!.Run(samples[run % samples.Count]);
                t.WarmUp(_clock.GetElapsedTime(start));
            }
        }

        bool slow = trials.Any(t => t.Quickest > s_slow);
        long begin = _clock.GetTimestamp();
        for (int turn = 0; turn < Turns; turn++)
        {
            if (turn >= MinTurns && _clock.GetElapsedTime(begin) > budget) break;
            foreach (var t in trials)
            {
                for (int run = slow ? 0 : -1; run < (slow ? 1 : RunsInTurn); run++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    long start = _clock.GetTimestamp();
                    t.Session!.Run(samples[turn % samples.Count]);
                    if (run >= 0) t.Times.Add(_clock.GetElapsedTime(start).TotalMilliseconds);
                }
            }
        }
    }

    private static string Reason(Trial best, List<Trial> agreeing, int all)
    {
        if (agreeing.Count == 1) return all == 1 ? $"{best.Candidate.Name} is all there is" : $"{best.Candidate.Name} is the only one that runs the model as the reference does";
        var next = agreeing.Where(t => t != best).MinBy(t => t.MedianMs)!;
        return $"{best.Candidate.Name} is {next.MedianMs / best.MedianMs:0.00} times as fast as {next.Candidate.Name}";
    }

    private static string Key(SelectionRequest r)
    {
        string text = string.Join('\n', [r.ModelSha256, r.Conditions, $"{r.Tolerance:R}", .. r.Candidates.Select(c => $"{c.Name} {c.Version}")]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static bool IsRefusal(Exception e) => e is ModelException or ProviderException or NotSupportedException;

    /// <summary>One candidate while it is looked at.</summary>
    private sealed class Trial(Candidate candidate)
    {
        public Candidate Candidate => candidate;

        /// <summary>Null if the candidate is out.</summary>
        public IInferenceSession? Session { get; set; }

        public string Engine { get; set; } = "";

        public double? Error { get; set; }

        /// <summary>The time that it ran for before it was measured, and the quickest of those runs.</summary>
        public TimeSpan Warm { get; private set; }

        public TimeSpan Quickest { get; private set; } = TimeSpan.MaxValue;

        public string Verdict { get; set; } = "";

        public List<double> Times { get; } = [];

        public double MedianMs => Times.Order().ElementAt(Times.Count / 2);

        public void WarmUp(TimeSpan run)
        {
            Warm += run;
            if (run < Quickest) Quickest = run;
        }

        public CandidateResult Result() => new(candidate.Name, Engine, Times.Count == 0 ? null : MedianMs, Error, Verdict);
    }
}

/// <summary>A session, and the choice that it comes from.</summary>
/// <param name="Session">The caller's to dispose.</param>
/// <param name="Choice">Why it is this one.</param>
/// <param name="Remembered">Whether the choice was made earlier.</param>
/// <param name="Kept">Whether it will be known the next time.</param>
public sealed record SelectedProvider(IInferenceSession Session, ProviderChoice Choice, bool Remembered, bool Kept);
