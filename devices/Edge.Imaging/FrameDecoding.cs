using Edge.Devices;

namespace Edge.Imaging;

/// <summary>Compressed frames, as MJPEG cameras send them, to pixels.</summary>
public static class FrameDecoding
{
    /// <summary>
    /// The frame itself where it has pixels already, else a new frame with the same name, number and times and decoded pixels;
    /// the compressed one is disposed then, on failure too.
    /// </summary>
    /// <exception cref="FrameException">The picture is damaged; the message names the frame.</exception>
    public static Frame Decoded(this Frame frame, IImageCodec codec, DecodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (frame.Format != PixelFormat.Jpeg) return frame;
        using (frame)
        {
            try
            {
                return codec.Decode(frame.Pixels.Span, options).ToFrame(frame.Name, frame.Sequence, frame.Timestamp, frame.CapturedAt, frame.Path);
            }
            catch (ImageException e)
            {
                throw new FrameException($"{frame.Path ?? frame.Name}: {e.Message}", frame.Name, frame.Sequence, e) { Path = frame.Path };
            }
        }
    }
}
