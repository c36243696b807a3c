namespace Edge.Devices;

/// <summary>
/// Pictures from a camera, a folder or a simulation, pulled one at a time.
/// </summary>
/// <remarks>One call of <see cref="ReadAsync"/> at a time; dispose only when none is in flight.</remarks>
public interface IFrameSource : IAsyncDisposable
{
    /// <summary>What logs and events call the source: the folder, the device node, the URL.</summary>
    string Name { get; }

    /// <summary>
    /// Waits for the next frame. The caller owns it and disposes it.
    /// </summary>
    /// <returns>Null when the source has ended; every later call returns null as well.</returns>
    /// <exception cref="FrameException">This one frame cannot be read. The next call goes on with the frame after it.</exception>
    /// <exception cref="DeviceException">The source as a whole has failed; it is not to be read any more.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. No frame is lost: the next call returns it.</exception>
    ValueTask<Frame?> ReadAsync(CancellationToken cancellationToken = default);
}
