namespace Edge.Cli.Tests;

/// <summary>What one command did.</summary>
internal sealed record Ran(int Code, string Output, string Error);

/// <summary>Runs <c>edge</c> within the test's process.</summary>
internal static class CommandLine
{
    public static Ran Execute(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = Program.Run(args, output, error, TestContext.Current.CancellationToken);
        return new Ran(code, output.ToString(), error.ToString());
    }

    /// <summary>The command did what it was asked to.</summary>
    /// <returns>Its output.</returns>
    public static string Succeeds(params string[] args)
    {
        var ran = Execute(args);
        Assert.True(ran.Code == 0, $"exit code {ran.Code}: {ran.Error}");
        return ran.Output;
    }

    /// <summary>The command could not, and told so in one line on the error stream and nothing anywhere else.</summary>
    /// <returns>The line, without <c>edge: </c>.</returns>
    public static string Fails(params string[] args)
    {
        var ran = Execute(args);
        Assert.Equal(1, ran.Code);
        Assert.Equal("", ran.Output);
        Assert.StartsWith("edge: ", ran.Error, StringComparison.Ordinal);
        Assert.EndsWith(Environment.NewLine, ran.Error, StringComparison.Ordinal);
        string line = ran.Error[..^Environment.NewLine.Length];
        Assert.DoesNotContain('\n', line);
        return line["edge: ".Length..];
    }
}
