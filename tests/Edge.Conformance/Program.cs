using Edge.Conformance;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// `dotnet run --project tests/Edge.Conformance -- --write-operators` brings docs/operators.md up to date; any other
// argument is for the test runner.
if (args is ["--write-operators"])
{
    File.WriteAllText(OperatorTable.Path, OperatorTable.Render());
    Console.WriteLine($"wrote {OperatorTable.Path}");
    return 0;
}

return args.Any(a => a is "--server" or "--internal-msbuild-node")
    ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await ConsoleRunner.Run(args);
