using Edge.Devices;

namespace Edge.Pipeline.Inspection;

/// <summary>What the source gave: a frame or why there is none; the default value means that the source has ended.</summary>
/// <param name="Frame">Owned by whoever holds the item.</param>
/// <param name="Error">Set where the frame is not.</param>
/// <param name="Elapsed">From capture to here: transfer, reading, decoding.</param>
/// <param name="QueuedAt">Stopwatch ticks.</param>
internal readonly record struct Acquired(Frame? Frame, FrameException? Error, TimeSpan Elapsed, long QueuedAt)
{
    public bool IsEnd => Frame is null && Error is null;

    public long Sequence => Frame?.Sequence ?? Error!.Sequence;

    public string Name => Frame?.Name ?? Error!.Name;

    public string? Path => Frame is { } f ? f.Path : Error!.Path;
}

/// <summary>A frame that went through the model, or failed to.</summary>
/// <param name="Item">The frame; owned by whoever holds this.</param>
/// <param name="Waited">Time in the queue before the model.</param>
/// <param name="Result">Meaningless where <paramref name="Error"/> is set.</param>
/// <param name="Error">Why it could not be inspected.</param>
internal readonly record struct Inspected(Acquired Item, TimeSpan Waited, InspectionResult Result, FrameException? Error);
