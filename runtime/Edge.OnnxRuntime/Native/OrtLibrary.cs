using System.Runtime.InteropServices;
using Edge.OnnxRuntime.Providers;
using Microsoft.ML.OnnxRuntime;

namespace Edge.OnnxRuntime.Native;

/// <summary>
/// ONNX Runtime's native library. The one beside the program is loaded, or the one in the folder that
/// <see cref="FolderVariable"/> names: a build with CUDA, QNN or another provider takes its place without a new program.
/// </summary>
internal static partial class OrtLibrary
{
    /// <summary>Names the folder of the native library, or the library itself.</summary>
    public const string FolderVariable = "EDGE_ONNXRUNTIME";

    private const string Name = "onnxruntime";

    private static readonly Lazy<OrtBuild> s_build = new(Load);

    /// <summary>The library, loaded now if it was not yet.</summary>
    /// <exception cref="ProviderException">There is none, or it cannot be loaded.</exception>
    public static OrtBuild Build
    {
        get
        {
            try
            {
                return s_build.Value;
            }
            catch (Exception e) when (Unloadable(e))
            {
                throw new ProviderException($"ONNX Runtime's native library could not be loaded: {(e.InnerException ?? e).Message.Split('\n')[0]}", e);
            }
        }
    }

    /// <summary>The table of ONNX Runtime's C functions, of which new ones are only ever added at the end.</summary>
    /// <param name="version">The version that brought the functions which are wanted.</param>
    public static unsafe nint* Api(uint version)
    {
        var getApi = (delegate* unmanaged<uint, nint>)OrtGetApiBase()[0];
        return (nint*)getApi(version);
    }

    /// <summary>Adds the Arm Compute Library's provider, which has a function of its own and no managed counterpart.</summary>
    /// <returns>An OrtStatus; zero for success.</returns>
    [LibraryImport(Name)]
    public static partial nint OrtSessionOptionsAppendExecutionProvider_ACL(nint options, [MarshalAs(UnmanagedType.Bool)] bool fastMath);

    [LibraryImport(Name)]
    private static unsafe partial nint* OrtGetApiBase();

    private static OrtBuild Load()
    {
        // Telemetry is on by default since 1.29; this is read when the library is loaded, which happens below.
        NativeEnvironment.SetDefault("ORT_DISABLE_TELEMETRY", "1");
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } chosen) Redirect(chosen);
        var env = OrtEnv.Instance();
        return new OrtBuild(env.GetVersionString(), LoadedFrom(), env.GetAvailableProviders());
    }

    private static void Redirect(string chosen)
    {
        string path = Directory.Exists(chosen) ? Path.Combine(chosen, OperatingSystem.IsWindows() ? "onnxruntime.dll" : "libonnxruntime.so") : chosen;
        if (!File.Exists(path)) throw new ProviderException($"{FolderVariable}={chosen}: there is no {path}");
        OrtEnv.DisableDllImportResolver = true;
        foreach (var assembly in new[] { typeof(OrtEnv).Assembly, typeof(OrtLibrary).Assembly })
            NativeLibrary.SetDllImportResolver(assembly, (name, _, _) => Path.GetFileNameWithoutExtension(name) is Name or "lib" + Name ? NativeLibrary.Load(path) : 0);
    }

    /// <summary>Where the kernel mapped the library from; null where it does not tell.</summary>
    private static string? LoadedFrom()
    {
        const string Maps = "/proc/self/maps";
        if (!File.Exists(Maps)) return null;
        var line = File.ReadLines(Maps).FirstOrDefault(l => l.Contains("/libonnxruntime.so", StringComparison.Ordinal));
        return line?[line.IndexOf('/')..];
    }

    private static bool Unloadable(Exception e) =>
        e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or NotSupportedException
        || (e is TypeInitializationException && e.InnerException is { } inner && (Unloadable(inner) || inner is OnnxRuntimeException));
}
