using System.Buffers.Binary;
using System.Text;
using Edge.Pipeline.Events;
using MQTTnet;
using MQTTnet.Protocol;

namespace Edge.Mqtt.Delivery;

/// <summary>
/// An event as it lies in the outbox. Little endian:
/// <code>version u8 = 1 | retained u8 | sequence i64 | capture timestamp i64 | topic length u16 | topic UTF-8 | payload</code>
/// The topic is kept because it belongs to the event: the device may have another name when the event is sent at last.
/// </summary>
internal readonly record struct OutboxMessage(string Topic, bool Retained, long Sequence, long CaptureTimestamp, ReadOnlyMemory<byte> Payload)
{
    private const byte Version = 1;
    private const int HeaderLength = 20;

    private static readonly TimeSpan s_eventExpiry = TimeSpan.FromDays(7);

    public byte[] Encode()
    {
        int topicLength = Encoding.UTF8.GetByteCount(Topic);
        var bytes = new byte[HeaderLength + topicLength + Payload.Length];
        bytes[0] = Version;
        bytes[1] = Retained ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(2), Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(10), CaptureTimestamp);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(18), checked((ushort)topicLength));
        Encoding.UTF8.GetBytes(Topic, bytes.AsSpan(HeaderLength));
        Payload.Span.CopyTo(bytes.AsSpan(HeaderLength + topicLength));
        return bytes;
    }

    /// <summary>False if another version of the software wrote something that this one does not know.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> body, out OutboxMessage message)
    {
        message = default;
        ReadOnlySpan<byte> bytes = body.Span;
        if (bytes.Length < HeaderLength || bytes[0] != Version)
            return false;
        int topicLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[18..]);
        if (topicLength == 0 || bytes.Length < HeaderLength + topicLength)
            return false;
        message = new OutboxMessage(
            Encoding.UTF8.GetString(bytes.Slice(HeaderLength, topicLength)),
            bytes[1] != 0,
            BinaryPrimitives.ReadInt64LittleEndian(bytes[2..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[10..]),
            body[(HeaderLength + topicLength)..]);
        return true;
    }

    /// <summary>QoS 1. An alarm is retained and stays; any other event expires after 7 days.</summary>
    public MqttApplicationMessage ToMqtt(bool historical)
    {
        byte[] payload = historical ? CloudEventJson.MarkHistorical(Payload.Span) : Payload.ToArray();
        MqttApplicationMessageBuilder builder = Messages.Text(Topic, payload, CloudEventJson.MediaType)
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithRetainFlag(Retained);
        if (!Retained)
            builder.WithMessageExpiryInterval((uint)s_eventExpiry.TotalSeconds);
        return builder.Build();
    }
}
