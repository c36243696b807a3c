using System.Diagnostics;

namespace Edge.Benchmarks.Start;

/// <summary>The two native programs that are started, published where they are not there yet.</summary>
/// <param name="Edge">Path of <c>edge</c>.</param>
/// <param name="OnnxRuntime">Path of the program with ONNX Runtime.</param>
internal sealed record Binaries(string Edge, string OnnxRuntime)
{
    private const string Rid = "linux-x64";

    /// <param name="root">Of the repository.</param>
    /// <param name="publish">Publish again what is there.</param>
    /// <exception cref="IOException">Publishing fails.</exception>
    public static Binaries Provide(string root, bool publish)
    {
        string edge = Path.Combine(root, "artifacts", "native", Rid, "edge"), folder = Path.Combine(root, "artifacts", "native", "onnxruntime-start");
        var binaries = new Binaries(edge, Path.Combine(folder, "onnxruntime-start"));
        if (publish || !File.Exists(edge)) Execute(root, Path.Combine(root, "tools", "publish.sh"), [Rid]);
        if (publish || !File.Exists(binaries.OnnxRuntime))
            Execute(root, "dotnet", ["publish", "tools/Edge.Benchmarks.OnnxRuntimeStart", "-c", "Release", "-r", Rid, "-o", folder, "-p:IlcInstructionSet=x86-64-v3", "--nologo", "-v", "quiet"]);
        return binaries;
    }

    /// <summary>Bytes of a program and of the native libraries beside it.</summary>
    public static long Size(string program) =>
        new FileInfo(program).Length + Directory.EnumerateFiles(Path.GetDirectoryName(program)!, "*.so*").Sum(f => new FileInfo(f).Length);

    private static void Execute(string folder, string program, string[] arguments)
    {
        Console.WriteLine($"{program} {string.Join(' ', arguments)}");
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder })!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new IOException($"{program} ended with {process.ExitCode}");
    }
}
