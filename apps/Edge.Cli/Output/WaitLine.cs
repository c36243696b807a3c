using Spectre.Console;

namespace Edge.Cli.Output;

/// <summary>Shows that work of unknown length goes on; nothing where there is no terminal.</summary>
internal static class WaitLine
{
    /// <param name="terminal">Where to.</param>
    /// <param name="title">What is done.</param>
    /// <param name="work">Is given what to change the title with, from any thread.</param>
    public static T Show<T>(Terminal terminal, string title, Func<Action<string>, T> work) =>
        terminal.Progress.Profile.Capabilities.Interactive
            ? terminal.Progress.Status().Start(Markup.Escape(title), context => work(text => context.Status(Markup.Escape(text))))
            : work(_ => { });
}
