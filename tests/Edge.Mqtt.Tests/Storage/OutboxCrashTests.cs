using System.Diagnostics;
using Edge.Mqtt.Storage;

namespace Edge.Mqtt.Tests.Storage;

/// <summary>Kills a process that appends (SIGKILL) and looks at what it left.</summary>
public sealed class OutboxCrashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task After_kill_9_every_event_reported_as_committed_is_there_exactly_once()
    {
        string folder = _folder["outbox"];
        var reported = new List<string>();
        for (int round = 0; round < 6; round++)
        {
            using Process child = Start(folder);
            // Each round dies somewhere else; the outbox then holds what all rounds left.
            for (int i = 0; i < 50 + 83 * round; i++)
                reported.Add(await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException("the child ended by itself"));
            child.Kill();
            // What it had written before it died was reported too; a last line without its end was not.
            string rest = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            reported.AddRange(rest.Split('\n')[..^1]);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        using Outbox outbox = OutboxFolder.Open(folder, segmentBytes: 2000);
        List<string> kept = outbox.ReadAll();
        Assert.Equal(kept.Count, kept.Distinct().Count());
        Assert.Empty(reported.Except(kept));
        Assert.Equal(0, outbox.Status.Damaged);
        // At most what each of the four appenders had under way in each round was committed without being reported.
        Assert.InRange(kept.Count - reported.Count, 0, 6 * 4);
    }

    [Fact]
    public async Task A_second_process_is_refused_while_the_first_lives()
    {
        string folder = _folder["outbox"];
        using (OutboxFolder.Open(folder))
        {
            using Process child = Start(folder);
            string? line = await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(3, child.ExitCode);
            Assert.Contains("is in use by another process", line, StringComparison.Ordinal);
        }
        using Process alone = Start(folder);
        Assert.NotNull(await alone.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        alone.Kill();
        await alone.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static Process Start(string folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        // Under `dotnet Edge.Mqtt.Tests.dll` the process is the host and needs to be told what to load.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(OutboxHost).Assembly.Location);
        start.ArgumentList.Add(OutboxHost.Argument);
        start.ArgumentList.Add(folder);
        return Process.Start(start)!;
    }
}
