using Edge.Cli.Demo;
using Edge.Mqtt.Storage;
using Edge.Pipeline.Events;
using Microsoft.Extensions.Logging;

namespace Edge.Mqtt.Tests;

/// <summary>The device under test and its events, in short words.</summary>
internal static class Device
{
    public static Topics Topics { get; } = new("plant-1", "line-2", "cam-3");

    public static DeviceDescription Description { get; } = new()
    {
        Software = "edge 0.1.0",
        Streams = [new StreamDescription("top", EventKind.Inspection, new ModelReference("discs", new string('a', 64), "int8", "edge/avx2"))],
    };

    public static MqttOptions Broker(int port) => new()
    {
        Host = EmbeddedBroker.Host,
        Port = port,
        ReconnectDelay = TimeSpan.FromMilliseconds(20),
        MaxReconnectDelay = TimeSpan.FromMilliseconds(200),
    };

    public static MqttSinkOptions Options(string folder, MqttOptions broker) => new()
    {
        Topics = Topics,
        Broker = broker,
        Outbox = new OutboxOptions { Directory = folder, Durability = OutboxDurability.ProcessCrash },
        Device = Description,
        HealthInterval = TimeSpan.Zero,
    };

    public static MqttEventSink Start(string folder, MqttOptions broker, ILogger? log = null) => Start(Options(folder, broker), log);

    public static MqttEventSink Start(MqttSinkOptions options, ILogger? log = null)
    {
        MqttEventSink sink = MqttEventSink.Open(options, log);
        sink.Start();
        return sink;
    }

    public static InspectionEvent Part(int number, Verdict verdict = Verdict.Ok) => new()
    {
        Stream = "top",
        EventId = $"part-{number}",
        Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddSeconds(number),
        Verdict = verdict,
        Score = 0.25f,
        Threshold = 0.5f,
    };

    public static Task<DeliveryProbe> ProbeAsync(int port) =>
        DeliveryProbe.StartAsync(Broker(port), Topics.AllEvents, cancellationToken: TestContext.Current.CancellationToken);

    public static Task ArrivedAsync(this DeliveryProbe probe, long unique) =>
        probe.WaitForAsync(unique, TestContext.Current.CancellationToken).InTimeAsync();

    public static async Task<EventReceipt> CommitAsync(this IEventSink sink, InspectionEvent inspection) =>
        await sink.PublishAsync(inspection, TestContext.Current.CancellationToken);

    /// <summary>Publishes parts one after the other and returns the ids of their messages.</summary>
    public static async Task<List<string>> PublishAsync(this IEventSink sink, int first, int count)
    {
        var ids = new List<string>();
        for (int i = 0; i < count; i++)
            ids.Add((await sink.PublishAsync(Part(first + i), TestContext.Current.CancellationToken)).Id);
        return ids;
    }

    /// <summary>A test that would wait for ever fails instead.</summary>
    public static Task InTimeAsync(this Task task) => task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

    public static Task<T> InTimeAsync<T>(this Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
}
