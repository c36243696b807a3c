using MQTTnet;
using MQTTnet.Protocol;

namespace Edge.Mqtt.Delivery;

/// <summary>Makes MQTT messages as the contract wants them.</summary>
internal static class Messages
{
    public const string Json = "application/json";

    /// <summary>QoS 1, retained: the last value is what a new subscriber gets.</summary>
    public static MqttApplicationMessage State(string topic, byte[] payload) =>
        Text(topic, payload, Json).WithRetainFlag().WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();

    /// <summary>QoS 0, retained.</summary>
    public static MqttApplicationMessage Count(string topic, byte[] payload) =>
        Text(topic, payload, Json).WithRetainFlag().Build();

    /// <summary>QoS 0, not retained, gone after <paramref name="expiry"/>.</summary>
    public static MqttApplicationMessage Passing(string topic, byte[] payload, TimeSpan expiry) =>
        Text(topic, payload, Json).WithMessageExpiryInterval((uint)expiry.TotalSeconds).Build();

    /// <summary>QoS 0, not retained. The event that it belongs to is a user property.</summary>
    public static MqttApplicationMessage Image(string topic, byte[] jpeg, string eventId) =>
        new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(jpeg).WithContentType("image/jpeg")
            .WithUserProperty("eventid", System.Text.Encoding.UTF8.GetBytes(eventId)).Build();

    public static MqttApplicationMessageBuilder Text(string topic, byte[] payload, string contentType) =>
        new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload).WithContentType(contentType)
            .WithPayloadFormatIndicator(MqttPayloadFormatIndicator.CharacterData);
}
