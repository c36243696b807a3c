using System.Diagnostics;
using Edge.Cli.Output;
using Edge.Devices;
using Edge.Imaging.Sources;
using Edge.Mqtt;
using Edge.Mqtt.Storage;
using Edge.Pipeline.Events;
using Edge.Pipeline.Evidence;
using Edge.Pipeline.Inspection;

namespace Edge.Cli.Demo;

/// <summary>What the line did and what came out at the other end.</summary>
/// <param name="Parts">Every part with its event, in order.</param>
/// <param name="Line">Counts and times of the stages.</param>
/// <param name="Elapsed">From the first frame to the last acknowledgement.</param>
/// <param name="Latencies">From frame to acknowledged message, in order of size.</param>
/// <param name="Arrived">What the second client counted.</param>
/// <param name="Delivery">Compared with what was published.</param>
internal sealed record LineResult(
    IReadOnlyList<InspectedPart> Parts, LineReport Line, TimeSpan Elapsed, IReadOnlyList<TimeSpan> Latencies, DeliveryCount Arrived, DeliveryReport Delivery);

/// <summary>Runs parts through an inspection line whose events go through the outbox to a broker, and counts them at a second client.</summary>
internal sealed class LineRun(MqttOptions broker, Topics topics, string outbox, EvidenceWriter evidence)
{
    public const string Stream = "camera-1";

    /// <summary>How long nothing may happen before what is missing is given up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <param name="inspector">The int8 model.</param>
    /// <param name="model">What events say about it.</param>
    /// <param name="files">One picture a part.</param>
    /// <param name="done">Told after each part how many are done.</param>
    /// <param name="cancellation">Stops the line.</param>
    /// <exception cref="MqttSetupException">There is no broker, or it refuses.</exception>
    public async Task<LineResult> RunAsync(Inspector inspector, ModelReference model, IReadOnlyList<string> files, Action<int> done, CancellationToken cancellation)
    {
        // The second client first: what nobody listens to, a broker does not keep.
        await using var probe = await DeliveryProbe.StartAsync(broker, topics.AllEvents, null, cancellation).ConfigureAwait(false);
        await using var sink = MqttEventSink.Open(new MqttSinkOptions
        {
            Topics = topics,
            Broker = broker,
            Outbox = new OutboxOptions { Directory = outbox },
            Device = new DeviceDescription { Software = $"edge {Program.Version}", Streams = [new StreamDescription(Stream, EventKind.Inspection, model)] },
        });
        if (sink.Outbox.Pending > 0)
            throw new CommandException($"{outbox}: {sink.Outbox.Pending} events of an interrupted demo wait there; delete the folder, or choose another with --out");
        var latencies = new List<TimeSpan>();
        sink.Acknowledged += a =>
        {
            lock (latencies) latencies.Add(a.Latency ?? TimeSpan.Zero);
        };
        sink.Start();

        var parts = new List<InspectedPart>();
        var failures = new List<FrameException>();
        var options = new InspectionLineOptions(Stream)
        {
            Model = model,
            Failed = failures.Add,
            Inspected = part =>
            {
                parts.Add(part);
                done(parts.Count);
            },
        };
        long start = Stopwatch.GetTimestamp();
        await using var source = new ImageFileSource("parts", files);
        var report = await new InspectionLine(options, source, inspector, sink, evidence).RunAsync(cancellation).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        if (failures.Count > 0) throw new CommandException(failures[0].Message, failures[0]);
        await WaitAsync(sink.WhenDeliveredAsync(), () => sink.Outbox.Pending, cancellation).ConfigureAwait(false);
        var elapsed = Stopwatch.GetElapsedTime(start);
        await WaitAsync(probe.WaitForAsync(parts.Count, cancellation), () => probe.Count.Unique, cancellation).ConfigureAwait(false);
        var delivery = probe.Compare(parts.Select(p => p.Receipt.Id));
        lock (latencies) return new LineResult(parts, report, elapsed, [.. latencies.Order()], probe.Count, delivery);
    }

    /// <summary>Waits for the task, for as long as something happens.</summary>
    private static async Task WaitAsync(Task task, Func<long> progress, CancellationToken cancellation)
    {
        long last = progress();
        while (await Task.WhenAny(task, Task.Delay(Patience, cancellation)).ConfigureAwait(false) != task)
        {
            cancellation.ThrowIfCancellationRequested();
            long now = progress();
            if (now == last) return;
            last = now;
        }

        await task.ConfigureAwait(false);
    }
}
