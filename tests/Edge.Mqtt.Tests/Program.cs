using Edge.Mqtt.Tests.Storage;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Edge.Mqtt.Tests;

/// <summary>xunit's own entry point, and the processes that tests start.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is [OutboxHost.Argument, var folder])
            return OutboxHost.Run(folder);
        return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
            ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await ConsoleRunner.Run(args);
    }
}
