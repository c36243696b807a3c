using System.Collections.Concurrent;
using System.Text.Json;
using Edge.Mqtt.Connection;
using Edge.Mqtt.Delivery;
using Edge.Mqtt.Payloads;
using Edge.Pipeline.Events;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;

namespace Edge.Mqtt.Commands;

/// <summary>What a command came to. The text is for people.</summary>
public readonly record struct CommandReply(bool Ok, string Text);

/// <summary>Carries out a command. Commands come one after the other. What it throws becomes a reply that says so.</summary>
public delegate ValueTask<CommandReply> CommandHandler(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);

/// <summary>
/// Carries out what is published to <c>R/cmd/{name}</c> and replies, QoS 1 with the correlation data, to the response topic or
/// else to <c>R/ack/{name}</c>. A retained command is refused: it would be carried out at every connect, by nobody's wish.
/// </summary>
internal sealed class CommandDispatcher(Topics topics, string boot, ILogger log)
{
    private const int MaxPayloadBytes = 64 << 10;

    private readonly ConcurrentDictionary<string, CommandHandler> _handlers = new(StringComparer.Ordinal);

    /// <exception cref="ContractException">Not a well-formed name, or there is such a command.</exception>
    public void Add(string name, CommandHandler handler)
    {
        Identifier.RequireWellFormed(name, "command");
        if (!_handlers.TryAdd(name, handler))
            throw new ContractException($"command '{name}' exists already");
    }

    /// <exception cref="SessionLostException">The reply could not be sent.</exception>
    public async Task HandleAsync(MqttSession session, IncomingMessage message, CancellationToken cancellationToken)
    {
        if (topics.CommandName(message.Topic) is not { } name)
        {
            log.CommandIgnored(message.Topic, "the name is not an identifier");
            return;
        }
        if (ReplyTopic(message, name) is not { } replyTopic)
        {
            log.CommandIgnored(message.Topic, $"it cannot be answered to '{message.ResponseTopic}'");
            return;
        }
        CommandReply reply = await ReplyAsync(name, message, cancellationToken).ConfigureAwait(false);
        if (!reply.Ok)
            log.CommandIgnored(message.Topic, reply.Text);
        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(
            new CommandReplyPayload(reply.Ok, reply.Text, boot, DateTimeOffset.UtcNow), StateJsonContext.Default.CommandReplyPayload);
        MqttApplicationMessageBuilder answer = Messages.Text(replyTopic, payload, Messages.Json)
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        if (message.CorrelationData is { } correlation)
            answer.WithCorrelationData(correlation);
        await session.PublishAsync(answer.Build(), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<CommandReply> ReplyAsync(string name, IncomingMessage message, CancellationToken cancellationToken)
    {
        if (message.Retained)
            return new CommandReply(false, "retained commands are refused; publish it without the retain flag");
        if (message.Payload.Length > MaxPayloadBytes)
            return new CommandReply(false, $"{message.Payload.Length} bytes are too long for a command; at most {MaxPayloadBytes}");
        if (!_handlers.TryGetValue(name, out CommandHandler? handler))
            return new CommandReply(false, $"unknown command '{name}'; known: {string.Join(' ', _handlers.Keys.Order(StringComparer.Ordinal))}");
        try
        {
            return await handler(message.Payload, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        // A command is code of others; whatever goes wrong in it is its sender's to know and must not end the session.
        catch (Exception e)
        {
            log.CommandFailed(e, name);
            return new CommandReply(false, $"failed: {e.Message}");
        }
    }

    /// <summary>Null if the sender asks for an answer to where nobody can publish or where the device itself is the only speaker.</summary>
    private string? ReplyTopic(IncomingMessage message, string name)
    {
        string own = topics.Acknowledgement(name);
        string topic = string.IsNullOrEmpty(message.ResponseTopic) ? own : message.ResponseTopic;
        bool speaksForDevice = topic.StartsWith(topics.Root + "/", StringComparison.Ordinal) && topic != own;
        return speaksForDevice || topic.AsSpan().ContainsAny('+', '#', '\0') || topic.StartsWith('$') ? null : topic;
    }
}
