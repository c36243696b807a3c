using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators.Conv;

/// <summary>
/// That a channels-last convolution computes some channels of a larger tensor: attribute <c>among_channels</c> counts all of
/// them, <c>first_channel</c> is the first one that it computes. Made by passes; no ONNX operator has attributes of these names.
/// </summary>
internal static class AmongChannels
{
    /// <summary>The first channel, and how many there are in all; null for a convolution that computes all of its output.</summary>
    public static (int First, int Channels)? Of(Node node) =>
        node.Attributes.Int("among_channels", 0) is > 0 and var channels ? ((int)node.Attributes.Int("first_channel"), (int)channels) : null;

    public static void Set(Node node, int first, int channels)
    {
        node.Attributes.Set("among_channels", (long)channels);
        node.Attributes.Set("first_channel", (long)first);
    }
}
