using System.Diagnostics;
using System.Reflection;

namespace Edge.OnnxRuntime.Tests;

/// <summary>A plug-in execution provider that takes Relu nodes only, compiled once a test run; see <c>Plugin/relu_ep.c</c>.</summary>
internal static class ReluPlugin
{
    public const string Name = "ReluExecutionProvider";

    private static readonly Lazy<string?> s_library = new(Compile);

    /// <summary>The library's path. The calling test is skipped, visibly, where there is no C compiler.</summary>
    public static string Require()
    {
        Assert.SkipWhen(s_library.Value is null, "there is no C compiler (cc) to make the plug-in with");
        return s_library.Value!;
    }

    private static string? Compile()
    {
        if (!OperatingSystem.IsLinux()) return null;
        string headers = typeof(ReluPlugin).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "OnnxRuntimeHeaders").Value!;
        string library = Path.Combine(AppContext.BaseDirectory, "librelu_ep.so");
        string partial = $"{library}.{Environment.ProcessId}";
        try
        {
            using var cc = Process.Start("cc", ["-shared", "-fPIC", "-O1", "-fvisibility=hidden", "-I", headers, Path.Combine(AppContext.BaseDirectory, "Plugin", "relu_ep.c"), "-o", partial]);
            cc.WaitForExit();
            Assert.Equal(0, cc.ExitCode);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        File.Move(partial, library, overwrite: true);
        return library;
    }
}
