using System.Text;
using Edge.Mqtt.Storage;

namespace Edge.Mqtt.Tests.Storage;

/// <summary>
/// This executable as a process that appends to an outbox until it is killed. One line on standard output says what is committed.
/// </summary>
internal static class OutboxHost
{
    /// <summary>The first argument that asks for it; the second is the folder.</summary>
    public const string Argument = "--outbox-host";

    /// <returns>3 with the reason on standard output if the outbox refuses; else it runs until it is killed.</returns>
    public static int Run(string folder)
    {
        try
        {
            Append(folder);
            return 1;
        }
        catch (MqttSetupException refused)
        {
            Console.WriteLine(refused.Message);
            return 3;
        }
    }

    private static void Append(string folder)
    {
        using Outbox outbox = Outbox.Open(new OutboxOptions { Directory = folder, SegmentBytes = 2000 });
        using Stream output = Console.OpenStandardOutput();
        string run = Guid.NewGuid().ToString("N");
        Task[] appenders = [.. Enumerable.Range(0, 4).Select(appender => Task.Run(async () =>
        {
            for (int i = 0; ; i++)
            {
                string text = $"{run}:{appender}:{i}:{new string('x', i * 7 % 300)}";
                await outbox.AppendAsync(text);
                byte[] line = Encoding.UTF8.GetBytes(text + "\n");
                lock (output)
                    output.Write(line);
            }
        }))];
        Task.WaitAny(appenders);
    }
}
