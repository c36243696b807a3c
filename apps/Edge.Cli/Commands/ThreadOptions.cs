using System.CommandLine;
using Edge.Cli.Output;
using Edge.Cli.Providers;
using Edge.Kernels.Topology;
using Edge.Runtime;

namespace Edge.Cli.Commands;

/// <summary><c>--threads</c>, <c>--cores</c>, <c>--cpu-budget</c>: what runs of a model may use of the processor.</summary>
internal sealed class ThreadOptions
{
    private readonly Option<int> _threads = ModelArguments.Threads();
    private readonly Option<string?> _cores = new("--cores") { HelpName = "list", Description = "processors to stay on, such as 4-7 or 0,2" };
    private readonly Option<double?> _budget = NumberOption.RealOrNone("--cpu-budget", "processor time to use, in cores: 0.5 is half of one; runs pause to keep to it", min: 0.01, max: 1024);

    public void AddTo(Command command)
    {
        command.Add(_threads);
        command.Add(_cores);
        command.Add(_budget);
    }

    /// <exception cref="CommandException">The cores are none, or not this process's.</exception>
    public ThreadArguments Read(ParseResult result)
    {
        if (result.GetValue(_cores) is { } text)
        {
            int[] usable = [.. CpuTopology.Current.Cores.Select(c => c.Id)];
            if (!CoreList.TryParse(text, out int[]? cores) || cores.Length == 0 || !cores.All(usable.Contains))
                throw new CommandException($"--cores {text}: numbers and ranges of processors are expected, among {string.Join(',', usable)}");
        }
        return new(result.GetValue(_threads), result.GetValue(_cores), result.GetValue(_budget));
    }
}

/// <summary>The values of <see cref="ThreadOptions"/>.</summary>
internal sealed record ThreadArguments(int Threads, string? Cores, double? Budget)
{
    /// <summary>Threads of a run: those asked for, else as many as our own runtime takes.</summary>
    public int Count
    {
        get
        {
            if (Threads != 0) return Threads;
            int cores = Cores is not null && CoreList.TryParse(Cores, out int[]? list) && list.Length > 0 ? list.Length : CpuTopology.Current.DefaultThreads;
            return Budget is { } budget ? (int)Math.Min(cores, Math.Ceiling(budget)) : cores;
        }
    }

    public SessionOptions Session(string? isa) => new() { Threads = Threads, Isa = isa, Cores = Cores, PinCaller = Cores is not null, CpuBudget = Budget ?? 0 };

    /// <summary>Other engines know neither cores nor budgets.</summary>
    public void RequireOwn(params string?[] providers)
    {
        if ((Cores is not null || Budget is not null) && providers.Any(p => p is not null && p != ProviderArguments.Own))
            throw new CommandException("--cores and --cpu-budget hold for our own runtime; leave them out with other providers");
    }
}
