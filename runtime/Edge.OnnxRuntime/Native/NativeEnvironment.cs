using System.Runtime.InteropServices;

namespace Edge.OnnxRuntime.Native;

/// <summary>
/// Environment variables as native libraries read them. On Unix <see cref="Environment.SetEnvironmentVariable(string, string?)"/>
/// changes only the copy that managed code sees.
/// </summary>
internal static partial class NativeEnvironment
{
    /// <summary>Sets a variable for this process, unless the user has set it.</summary>
    public static void SetDefault(string name, string value)
    {
        if (Environment.GetEnvironmentVariable(name) is not null) return;
        Environment.SetEnvironmentVariable(name, value);
        if (!OperatingSystem.IsWindows()) SetEnv(name, value, overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
