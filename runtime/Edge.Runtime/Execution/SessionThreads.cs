using Edge.Kernels.Threading;
using Edge.Kernels.Topology;

namespace Edge.Runtime.Execution;

/// <summary>What <see cref="SessionOptions"/> say of threads, checked and completed for this machine.</summary>
/// <param name="Count">Threads that work on one run.</param>
/// <param name="Cores">Logical processors that workers are kept to; empty if the options name none.</param>
/// <param name="PinCaller">Whether the caller is kept to them, too.</param>
/// <param name="CpuBudget">Processor time in cores; 0 for no limit.</param>
internal sealed record SessionThreads(int Count, int[] Cores, bool PinCaller, double CpuBudget)
{
    private const double LeastBudget = 0.01;

    /// <exception cref="ArgumentException">The options ask for what cannot be; the message is one line that says what can.</exception>
    public static SessionThreads Of(SessionOptions options)
    {
        if (options.Threads < 0) throw new ArgumentException($"Threads is {options.Threads}; it must be 0 (one a core) or more");
        if (options.CpuBudget != 0 && !(options.CpuBudget >= LeastBudget && double.IsFinite(options.CpuBudget)))
            throw new ArgumentException(FormattableString.Invariant($"CpuBudget is {options.CpuBudget}; it must be 0 (no limit) or a number of cores of at least {LeastBudget}"));
        int[] cores = options.Cores is { } text ? Listed(text) : [];
        if (options.PinCaller && cores.Length == 0) throw new ArgumentException("PinCaller is set without Cores; name the cores to keep the caller to");
        int threads = options.Threads != 0 ? options.Threads : cores.Length != 0 ? cores.Length : CpuTopology.Current.DefaultThreads;
        if (options.CpuBudget != 0) threads = (int)Math.Min(threads, Math.Ceiling(options.CpuBudget));
        return new SessionThreads(threads, cores, options.PinCaller, options.CpuBudget);
    }

    public WorkerPool CreatePool() => WorkerPool.OfProcess(Count, Cores, PinCaller);

    public CpuThrottle? CreateThrottle() => CpuBudget == 0 ? null : new CpuThrottle(CpuBudget, Count);

    private static int[] Listed(string text)
    {
        if (!OperatingSystem.IsLinux()) throw new ArgumentException($"Cores is '{text}'; threads can be kept to cores on Linux only");
        if (!CoreList.TryParse(text, out int[]? cores) || cores.Length == 0) throw new ArgumentException($"Cores is '{text}'; write numbers and ranges, such as 0-3 or 4,6");
        int[] usable = [.. CpuTopology.Current.Cores.Select(c => c.Id)];
        int unusable = Array.FindIndex(cores, c => !usable.Contains(c));
        if (unusable >= 0) throw new ArgumentException($"Cores is '{text}'; this process may not use {cores[unusable]}, but {string.Join(',', usable)}");
        return cores;
    }
}
