using System.Diagnostics;

namespace ModelFactory;

/// <summary>One line on standard error that says how far a piece of work is and how long it still takes. Thread-safe.</summary>
internal sealed class Progress(string what, int total)
{
    private static readonly TimeSpan s_interactive = TimeSpan.FromSeconds(0.5), s_logged = TimeSpan.FromSeconds(15);
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Lock _gate = new();
    private TimeSpan _next;

    /// <summary>Says how many of all are done.</summary>
    /// <param name="detail">Added to the line, such as a loss.</param>
    public void Report(int done, string detail = "")
    {
        lock (_gate)
        {
            TimeSpan elapsed = _watch.Elapsed;
            if (done < total && elapsed < _next) return;
            _next = elapsed + (Console.IsErrorRedirected ? s_logged : s_interactive);
            string left = done == 0 ? "" : done < total ? $", {Format(elapsed * ((double)(total - done) / done))} left" : $", took {Format(elapsed)}";
            string line = $"{what}: {done} of {total}{left}{(detail.Length > 0 ? ", " : "")}{detail}";
            if (Console.IsErrorRedirected) Console.Error.WriteLine(line);
            else Console.Error.Write($"\r{line,-100}{(done < total ? "" : "\n")}");
        }
    }

    private static string Format(TimeSpan t) => t.TotalMinutes >= 1 ? $"{(int)t.TotalMinutes} min {t.Seconds} s" : $"{t.TotalSeconds:F0} s";
}
