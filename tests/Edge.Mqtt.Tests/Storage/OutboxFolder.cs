using System.Text;
using Edge.Mqtt.Storage;

namespace Edge.Mqtt.Tests.Storage;

/// <summary>Short words for what the outbox tests do all the time. Records are texts.</summary>
internal static class OutboxFolder
{
    public static Outbox Open(string folder, RecordedLog? log = null, long segmentBytes = 1 << 20, long maxBytes = 64 << 20) =>
        Outbox.Open(new OutboxOptions { Directory = folder, SegmentBytes = segmentBytes, MaxBytes = maxBytes, Durability = OutboxDurability.ProcessCrash }, log);

    public static Task<long> AppendAsync(this Outbox outbox, string text) => outbox.AppendAsync(Encoding.UTF8.GetBytes(text));

    public static async Task AppendAsync(this Outbox outbox, IEnumerable<string> texts)
    {
        foreach (string text in texts)
            await outbox.AppendAsync(text);
    }

    /// <summary>Everything that a new reader finds.</summary>
    public static List<string> ReadAll(this Outbox outbox)
    {
        using OutboxReader reader = outbox.CreateReader();
        var texts = new List<string>();
        while (reader.TryRead(out OutboxRecord record))
            texts.Add(Encoding.UTF8.GetString(record.Body.Span));
        return texts;
    }

    public static string[] Segments(string folder) => [.. Directory.GetFiles(folder, "*.seg").Order(StringComparer.Ordinal)];

    public static IEnumerable<string> Numbered(int first, int count) => Enumerable.Range(first, count).Select(i => $"event {i}");
}
