using Edge.Devices;
using Edge.Imaging;
using Edge.Pipeline.Events;

namespace Edge.Pipeline.Inspection;

/// <summary>What happens to a new frame while the frames before it still wait for the model.</summary>
public enum WhenFull : byte
{
    /// <summary>The source waits: nothing is lost. For folders, and for cameras that are triggered.</summary>
    Wait,

    /// <summary>The oldest waiting frame is dropped, counted, and reported in the next event. For cameras that run free.</summary>
    DropOldest,
}

/// <summary>What happens when one frame cannot be inspected.</summary>
public enum WhenFrameFails : byte
{
    /// <summary>An event with verdict error is published, and the line goes on.</summary>
    Report,

    /// <summary>The line stops: what was inspected before is published, then the error is thrown.</summary>
    Stop,
}

/// <summary>How a line runs. Immutable.</summary>
/// <param name="Stream">Name of the stream in topics and events, an <see cref="Identifier"/>.</param>
public sealed record InspectionLineOptions(string Stream)
{
    /// <summary>Frames that may wait for the model.</summary>
    public int QueueLength { get; init; } = 4;

    public WhenFull WhenFull { get; init; } = WhenFull.Wait;

    public WhenFrameFails WhenFrameFails { get; init; } = WhenFrameFails.Report;

    /// <summary>How long, after a stop, frames already taken may still be inspected and published; what is left then is counted as abandoned.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What events say about the model.</summary>
    public ModelReference? Model { get; init; }

    /// <summary>Decodes compressed frames.</summary>
    public IImageCodec Codec { get; init; } = ImageCodec.Default;

    /// <summary>Told about each frame that failed and each evidence picture that could not be kept. Must be quick and not throw.</summary>
    public Action<FrameException>? Failed { get; init; }

    /// <summary>Told about each part after its event was committed, in order. Must be quick and not throw.</summary>
    public Action<InspectedPart>? Inspected { get; init; }
}

/// <summary>A part whose event was committed.</summary>
/// <param name="Name">Of its frame.</param>
/// <param name="Path">Of its frame's file, if it has one.</param>
/// <param name="Sequence">Of its frame.</param>
/// <param name="Event">What was published.</param>
/// <param name="Receipt">What the sink said.</param>
public readonly record struct InspectedPart(string Name, string? Path, long Sequence, InspectionEvent Event, EventReceipt Receipt);
