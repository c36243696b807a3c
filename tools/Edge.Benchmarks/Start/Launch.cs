using System.Diagnostics;

namespace Edge.Benchmarks.Start;

/// <summary>One life of a process.</summary>
/// <param name="FirstLine">Seconds from before it was started to its first line of output.</param>
/// <param name="Exit">Seconds to its end.</param>
/// <param name="PeakBytes">Its largest resident memory, as last seen before its end; 0 if it was not looked for.</param>
internal readonly record struct Launch(double FirstLine, double Exit, long PeakBytes)
{
    /// <summary>Starts a program, reads what it prints and waits for its end.</summary>
    /// <param name="program">Path of the program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="watchMemory">
    /// Looks at the process's high-water mark again and again, which takes time from it: such a launch is not to be timed. (The peak
    /// that <c>wait4</c> tells would include this process's own, from which the child was forked.)
    /// </param>
    /// <exception cref="IOException">It cannot be started, or fails.</exception>
    public static Launch Of(string program, string[] arguments, bool watchMemory)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ORT_DISABLE_TELEMETRY"] = "1";
        long begin = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start) ?? throw new IOException($"{program} cannot be started");
        long peak = 0;
        Task? watch = watchMemory ? Task.Factory.StartNew(() => peak = Peak(process.Id), TaskCreationOptions.LongRunning) : null;
        string? line = process.StandardOutput.ReadLine();
        double first = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double exit = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        watch?.Wait();
        if (process.ExitCode != 0 || line is null) throw new IOException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {process.StandardError.ReadToEnd().Trim()}");
        return new Launch(first, exit, peak);
    }

    private static long Peak(int process)
    {
        long peak = 0;
        while (true)
        {
            string? line;
            try
            {
                line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            }
            catch (IOException)
            {
                // The process has ended.
                return peak;
            }
            // A process that is ending has no memory any more.
            if (line is null) return peak;
            peak = Math.Max(peak, long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024);
        }
    }
}
