using System.Text;
using Edge.Mqtt.Storage;

namespace Edge.Mqtt.Tests.Storage;

/// <summary>What a crash, a torn write or a failing flash chip leaves behind.</summary>
public sealed class OutboxDamageTests : IDisposable
{
    private const int Records = 6;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_segment_cut_at_any_byte_keeps_every_whole_record_and_goes_on()
    {
        (byte[] segment, int[] ends) = await SegmentAsync();
        for (int cut = 0; cut < segment.Length; cut++)
        {
            var log = new RecordedLog();
            string folder = Place(segment.AsSpan(0, cut), $"cut{cut}");
            int whole = ends.Count(end => end <= cut);
            using (Outbox outbox = OutboxFolder.Open(folder, log))
            {
                Assert.Equal(OutboxFolder.Numbered(1, whole), outbox.ReadAll());
                Assert.Equal(whole + 1, await outbox.AppendAsync("new"));
                Assert.Equal(0, outbox.Status.Damaged);
            }
            bool atRecordEnd = cut == RecordFormat.SegmentHeaderLength || ends.Contains(cut);
            Assert.Equal(!atRecordEnd && cut > RecordFormat.SegmentHeaderLength, log.Lines.Any(l => l.Contains(": cut ", StringComparison.Ordinal)));
            using Outbox again = OutboxFolder.Open(folder);
            Assert.Equal([.. OutboxFolder.Numbered(1, whole), "new"], again.ReadAll());
        }
    }

    [Fact]
    public async Task Garbage_behind_any_byte_is_cut_off()
    {
        (byte[] segment, int[] ends) = await SegmentAsync();
        var random = new Random(1);
        for (int cut = 0; cut <= segment.Length; cut++)
        {
            var garbage = new byte[random.Next(1, 100)];
            random.NextBytes(garbage);
            if (cut % 3 == 0)
                Array.Clear(garbage); // what a file system leaves that extended the file but did not write it
            string folder = Place([.. segment.AsSpan(0, cut), .. garbage], $"garbage{cut}");
            int whole = ends.Count(end => end <= cut);
            using Outbox outbox = OutboxFolder.Open(folder);
            Assert.Equal(OutboxFolder.Numbered(1, whole), outbox.ReadAll());
            await outbox.AppendAsync("new");
            Assert.Equal([.. OutboxFolder.Numbered(1, whole), "new"], outbox.ReadAll());
        }
    }

    [Fact]
    public async Task A_flipped_byte_anywhere_costs_one_record_and_is_reported()
    {
        (byte[] segment, int[] ends) = await SegmentAsync();
        for (int at = RecordFormat.SegmentHeaderLength; at < segment.Length; at++)
        {
            byte[] damaged = [.. segment];
            damaged[at] ^= 0x5A;
            int lost = 1 + ends.Count(end => end <= at);
            var log = new RecordedLog();
            using Outbox outbox = OutboxFolder.Open(Place(damaged, $"flip{at}"), log);
            Assert.Equal(OutboxFolder.Numbered(1, Records).Where((_, i) => i + 1 != lost), outbox.ReadAll());
            if (lost == Records)
                continue; // at the end it looks like an unfinished record
            Assert.Equal(1, outbox.Status.Damaged);
            Assert.Single(log.Lines, l => l.Contains($"1 records from number {lost} on are damaged and lost", StringComparison.Ordinal));
            outbox.ReadAll();
            Assert.Equal(1, outbox.Status.Damaged);
        }
    }

    [Fact]
    public async Task A_damaged_length_among_acknowledged_records_does_not_hide_the_ones_behind()
    {
        (byte[] segment, int[] ends) = await SegmentAsync();
        byte[] damaged = [.. segment];
        damaged[RecordFormat.SegmentHeaderLength + 4] += 40; // the first record now claims to reach into the third
        string folder = Place(damaged, "length");
        using (Outbox outbox = OutboxFolder.Open(folder))
            outbox.Acknowledge(1);
        using Outbox again = OutboxFolder.Open(folder);
        Assert.Equal(OutboxFolder.Numbered(2, Records - 1), again.ReadAll());
        Assert.Equal(0, again.Status.Damaged);
        Assert.Equal(Records, ends.Length);
    }

    [Fact]
    public async Task A_segment_in_the_middle_that_is_all_garbage_is_passed_over_and_counted()
    {
        string folder = _folder["middle"];
        using (Outbox outbox = OutboxFolder.Open(folder, segmentBytes: 100))
            await outbox.AppendAsync(OutboxFolder.Numbered(1, 30));
        string victim = OutboxFolder.Segments(folder)[2];
        long first = long.Parse(Path.GetFileNameWithoutExtension(victim)), end = long.Parse(Path.GetFileNameWithoutExtension(OutboxFolder.Segments(folder)[3]));
        File.WriteAllBytes(victim, Encoding.UTF8.GetBytes(new string('x', 500)));
        using Outbox again = OutboxFolder.Open(folder, segmentBytes: 100);
        Assert.Equal(OutboxFolder.Numbered(1, 30).Where((_, i) => i + 1 < first || i + 1 >= end), again.ReadAll());
        Assert.Equal(end - first, again.Status.Damaged);
        again.Acknowledge(30);
        Assert.Equal(0, again.Status.Pending);
    }

    [Fact]
    public async Task One_torn_slot_of_the_acknowledgements_falls_back_to_the_other_and_two_send_everything_again()
    {
        string folder = _folder["acknowledgements"];
        using (Outbox outbox = OutboxFolder.Open(folder))
        {
            await outbox.AppendAsync(OutboxFolder.Numbered(1, 10));
            outbox.Acknowledge(3);
            outbox.Acknowledge(5);
        }
        string file = Path.Combine(folder, "acknowledged");
        byte[] slots = File.ReadAllBytes(file);

        slots[2] ^= 1; // the second write went to the first slot
        File.WriteAllBytes(file, slots);
        using (Outbox outbox = OutboxFolder.Open(folder))
            Assert.Equal(OutboxFolder.Numbered(4, 7), outbox.ReadAll());

        slots[512 + 2] ^= 1;
        File.WriteAllBytes(file, slots);
        var log = new RecordedLog();
        using Outbox all = OutboxFolder.Open(folder, log);
        Assert.Equal(OutboxFolder.Numbered(1, 10), all.ReadAll());
        Assert.Contains(log.Lines, l => l.Contains("everything kept is sent again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_write_that_failed_half_way_is_cut_off_and_the_next_segment_follows()
    {
        string folder = _folder["half"];
        using (Outbox outbox = OutboxFolder.Open(folder))
            await outbox.AppendAsync("event 1");
        long whole;
        using (SegmentWriter writer = SegmentWriter.Create(folder, 2, flush: true))
        {
            writer.Write("half of a record, then the disk was full"u8);
            whole = writer.Segment.Length;
            Assert.True(writer.Abandon());
        }
        Assert.Equal(whole, new FileInfo(Segment.PathOf(folder, 2)).Length);
        using Outbox again = OutboxFolder.Open(folder);
        Assert.Equal(2, await again.AppendAsync("event 2"));
        Assert.Equal(OutboxFolder.Numbered(1, 2), again.ReadAll());
        Assert.Equal(0, again.Status.Damaged);
    }

    [Fact]
    public async Task What_could_not_be_cut_off_behind_a_failed_write_is_passed_over_without_being_counted_as_lost()
    {
        string folder = _folder["left"];
        using (Outbox outbox = OutboxFolder.Open(folder, segmentBytes: 60))
            await outbox.AppendAsync(OutboxFolder.Numbered(1, 4));
        string[] segments = OutboxFolder.Segments(folder);
        var left = new System.Buffers.ArrayBufferWriter<byte>();
        RecordFormat.WriteRecord(left, long.Parse(Path.GetFileNameWithoutExtension(segments[1])), "not committed"u8);
        File.AppendAllBytes(segments[0], left.WrittenSpan);
        using Outbox again = OutboxFolder.Open(folder, segmentBytes: 60);
        Assert.Equal(OutboxFolder.Numbered(1, 4), again.ReadAll());
        Assert.Equal(0, again.Status.Damaged);
    }

    [Fact]
    public void A_checksum_of_a_known_text_is_the_one_of_RFC_3720() =>
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));

    /// <summary>A segment of some records and where each of them ends in it.</summary>
    private async Task<(byte[] Segment, int[] Ends)> SegmentAsync()
    {
        string folder = _folder["whole"];
        var ends = new List<int>();
        using (Outbox outbox = OutboxFolder.Open(folder))
            foreach (string text in OutboxFolder.Numbered(1, Records))
            {
                await outbox.AppendAsync(text);
                ends.Add((int)outbox.Status.Bytes);
            }
        return (File.ReadAllBytes(Assert.Single(OutboxFolder.Segments(folder))), [.. ends]);
    }

    private string Place(ReadOnlySpan<byte> segment, string name)
    {
        string folder = _folder[name];
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Segment.PathOf(folder, 1), segment.ToArray());
        return folder;
    }
}
