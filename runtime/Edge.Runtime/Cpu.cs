using System.Runtime.InteropServices;

namespace Edge.Runtime;

/// <summary>What models run and measurements are made on.</summary>
public static class Cpu
{
    /// <summary>The processor's name as the system reports it.</summary>
    public static string Name()
    {
        const string Info = "/proc/cpuinfo";
        if (File.Exists(Info))
        {
            var line = File.ReadLines(Info).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal) || l.StartsWith("Model", StringComparison.Ordinal));
            if (line is not null) return line[(line.IndexOf(':') + 1)..].Trim();
        }

        return RuntimeInformation.ProcessArchitecture.ToString();
    }

    /// <summary>
    /// A short name of the kind of processor, of letters, digits and hyphens, such as <c>amd-epyc-zen5</c> or <c>cortex-a76</c>: what
    /// measured choices are kept by.
    /// </summary>
    public static string Kind => CpuKind.Local;
}
