using System.Text;
using CsCheck;
using Edge.Mqtt.Storage;

namespace Edge.Mqtt.Tests.Storage;

public sealed class OutboxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Records_come_back_in_order_in_the_same_run()
    {
        using Outbox outbox = OutboxFolder.Open(_folder.Path);
        await outbox.AppendAsync(OutboxFolder.Numbered(1, 100));
        Assert.Equal(OutboxFolder.Numbered(1, 100), outbox.ReadAll());
        Assert.Equal(100, outbox.Status.Pending);
    }

    [Theory]
    [InlineData(OutboxDurability.PowerLoss)]
    [InlineData(OutboxDurability.ProcessCrash)]
    public async Task Records_come_back_after_reopening_and_new_ones_follow(OutboxDurability durability)
    {
        var options = new OutboxOptions { Directory = _folder["new/folder"], Durability = durability };
        using (Outbox outbox = Outbox.Open(options))
            await outbox.AppendAsync(OutboxFolder.Numbered(1, 10));
        using Outbox again = Outbox.Open(options);
        Assert.Equal(11, again.FirstOrdinalOfThisRun);
        await again.AppendAsync("event 11");
        Assert.Equal(OutboxFolder.Numbered(1, 11), again.ReadAll());
    }

    [Fact]
    public async Task What_is_acknowledged_is_not_read_again_after_reopening()
    {
        using (Outbox outbox = OutboxFolder.Open(_folder.Path))
        {
            await outbox.AppendAsync(OutboxFolder.Numbered(1, 10));
            outbox.Acknowledge(7);
            Assert.Equal(OutboxFolder.Numbered(8, 3), outbox.ReadAll());
        }
        using Outbox again = OutboxFolder.Open(_folder.Path);
        Assert.Equal(OutboxFolder.Numbered(8, 3), again.ReadAll());
        Assert.Equal(3, again.Status.Pending);
    }

    [Fact]
    public async Task Nothing_remains_on_disk_of_what_is_acknowledged_and_ordinals_go_on()
    {
        using (Outbox outbox = OutboxFolder.Open(_folder.Path, segmentBytes: 200))
        {
            await outbox.AppendAsync(OutboxFolder.Numbered(1, 50));
            Assert.True(OutboxFolder.Segments(_folder.Path).Length > 5);
            outbox.Acknowledge(50);
            Assert.Single(OutboxFolder.Segments(_folder.Path));
        }
        Assert.Empty(OutboxFolder.Segments(_folder.Path));
        using Outbox again = OutboxFolder.Open(_folder.Path);
        Assert.Equal(51, await again.AppendAsync("event 51"));
        Assert.Equal(["event 51"], again.ReadAll());
    }

    [Fact]
    public async Task A_reader_waits_for_the_next_commit_and_can_be_rewound()
    {
        using Outbox outbox = OutboxFolder.Open(_folder.Path);
        using OutboxReader reader = outbox.CreateReader();
        Assert.False(reader.TryRead(out _));
        Task waiting = reader.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        await outbox.AppendAsync(OutboxFolder.Numbered(1, 3));
        await waiting;
        for (int i = 0; i < 3; i++)
            Assert.True(reader.TryRead(out _));
        Assert.False(reader.TryRead(out _));
        outbox.Acknowledge(1);
        reader.Rewind();
        Assert.True(reader.TryRead(out OutboxRecord record));
        Assert.Equal(2, record.Ordinal);
        Assert.Equal("event 2", Encoding.UTF8.GetString(record.Body.Span));
    }

    [Fact]
    public async Task A_reader_that_looks_while_a_record_is_being_flushed_is_woken_by_it()
    {
        using Outbox outbox = Outbox.Open(new OutboxOptions { Directory = _folder.Path });
        using OutboxReader reader = outbox.CreateReader();
        for (int i = 1; i <= 300; i++)
        {
            Task<long> committed = outbox.AppendAsync($"event {i}");
            Thread.SpinWait(i * 20); // the append is somewhere on its way
            OutboxRecord record;
            while (!reader.TryRead(out record))
                await reader.WaitAsync(TestContext.Current.CancellationToken).InTimeAsync();
            Assert.Equal(i, record.Ordinal);
            Assert.Equal(i, await committed);
        }
    }

    [Fact]
    public async Task Appends_from_many_callers_are_all_kept_each_callers_in_its_order()
    {
        const int Callers = 8, Each = 200;
        using Outbox outbox = Outbox.Open(new OutboxOptions { Directory = _folder.Path, SegmentBytes = 16 << 10 });
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (int i = 0; i < Each; i++)
            {
                await outbox.WaitForRoomAsync();
                await outbox.AppendAsync($"{caller}:{i}");
            }
        })));
        List<string> read = outbox.ReadAll();
        Assert.Equal(Callers * Each, read.Count);
        for (int caller = 0; caller < Callers; caller++)
            Assert.Equal(Enumerable.Range(0, Each).Select(i => $"{caller}:{i}"), read.Where(r => r.StartsWith($"{caller}:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Appends_that_wait_together_are_written_as_one_group_and_ordered_as_called()
    {
        using Outbox outbox = OutboxFolder.Open(_folder.Path);
        Task<long>[] commits = [.. Enumerable.Range(0, 500).Select(i => outbox.AppendAsync($"{i}"))];
        Assert.Equal(Enumerable.Range(1, 500).Select(i => (long)i), await Task.WhenAll(commits));
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}"), outbox.ReadAll());
    }

    [Fact]
    public async Task When_full_the_oldest_segment_goes_and_what_it_held_is_counted_and_reported()
    {
        var log = new RecordedLog();
        using Outbox outbox = OutboxFolder.Open(_folder.Path, log, segmentBytes: 500, maxBytes: 2000);
        await outbox.AppendAsync(OutboxFolder.Numbered(1, 200));
        OutboxStatus status = outbox.Status;
        Assert.InRange(status.Bytes, 1, 2000);
        Assert.Equal(200, status.Pending + status.Dropped);
        Assert.Equal(OutboxFolder.Numbered((int)status.Dropped + 1, (int)status.Pending), outbox.ReadAll());
        Assert.Contains(log.Lines, line => line.Contains("reached its limit of 2000 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_full_acknowledged_records_go_without_being_counted_as_lost()
    {
        using Outbox outbox = OutboxFolder.Open(_folder.Path, segmentBytes: 500, maxBytes: 2000);
        for (int i = 1; i <= 200; i++)
            outbox.Acknowledge(await outbox.AppendAsync($"event {i}"));
        Assert.Equal(0, outbox.Status.Dropped);
        Assert.Equal(0, outbox.Status.Pending);
    }

    [Fact]
    public async Task A_reader_in_a_dropped_segment_goes_on_with_the_oldest_that_is_kept()
    {
        using Outbox outbox = OutboxFolder.Open(_folder.Path, segmentBytes: 500, maxBytes: 2000);
        await outbox.AppendAsync(OutboxFolder.Numbered(1, 5));
        using OutboxReader reader = outbox.CreateReader();
        Assert.True(reader.TryRead(out _));
        await outbox.AppendAsync(OutboxFolder.Numbered(6, 195));
        Assert.True(reader.TryRead(out OutboxRecord record));
        Assert.Equal(outbox.Status.Dropped + 1, record.Ordinal);
    }

    [Fact]
    public void A_folder_in_use_is_refused()
    {
        using Outbox outbox = OutboxFolder.Open(_folder.Path);
        var refused = Assert.Throws<MqttSetupException>(() => OutboxFolder.Open(_folder.Path));
        Assert.Equal($"outbox {_folder.Path} is in use by another process; stop that one, or give this one a folder of its own", refused.Message);
    }

    [Fact]
    public void A_file_in_place_of_the_folder_is_refused_by_name()
    {
        File.WriteAllText(_folder["file"], "");
        var refused = Assert.Throws<MqttSetupException>(() => OutboxFolder.Open(_folder["file"]));
        Assert.StartsWith($"outbox {_folder["file"]} cannot be opened: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_below_four_segments_is_refused() =>
        Assert.Throws<MqttSetupException>(() => OutboxFolder.Open(_folder.Path, segmentBytes: 1000, maxBytes: 3999));

    [Fact]
    public async Task What_does_not_exist_cannot_be_acknowledged_and_what_is_too_long_cannot_be_appended()
    {
        using Outbox outbox = OutboxFolder.Open(_folder.Path);
        await outbox.AppendAsync("event 1");
        Assert.Throws<ArgumentOutOfRangeException>(() => outbox.Acknowledge(2));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => outbox.AppendAsync(new byte[Outbox.MaxRecordBytes + 1]));
        Assert.Equal(2, await outbox.AppendAsync(new byte[Outbox.MaxRecordBytes]));
    }

    [Fact]
    public async Task A_storage_that_fails_refuses_events_and_works_again_when_it_is_back()
    {
        var log = new RecordedLog();
        string folder = _folder["outbox"];
        using Outbox outbox = OutboxFolder.Open(folder, log, segmentBytes: 40);
        await outbox.AppendAsync("the first record fills its segment");
        Directory.Move(folder, _folder["away"]);
        var refused = await Assert.ThrowsAnyAsync<IOException>(() => outbox.AppendAsync("lost"));
        Assert.StartsWith($"outbox {folder}: the event could not be committed: ", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<IOException>(() => outbox.AppendAsync("lost too"));
        Directory.Move(_folder["away"], folder);
        Assert.Equal(2, await outbox.AppendAsync("the second record"));
        Assert.Equal(["the first record fills its segment", "the second record"], outbox.ReadAll());
        Assert.Single(log.Lines, line => line.Contains("cannot be written", StringComparison.Ordinal));
        Assert.Single(log.Lines, line => line.Contains("is written again", StringComparison.Ordinal));
    }

    [Fact]
    public void Any_sequence_of_appends_acknowledgements_and_restarts_keeps_exactly_what_is_pending()
    {
        Gen<(int Kind, int Amount)[]> operations = Gen.Select(Gen.Int[0, 2], Gen.Int[1, 30]).Array[1, 30];
        operations.Sample(Replay, iter: 60);

        void Replay((int Kind, int Amount)[] steps)
        {
            using var folder = new TemporaryFolder();
            Outbox outbox = OutboxFolder.Open(folder.Path, segmentBytes: 300);
            long appended = 0, acknowledged = 0;
            foreach ((int kind, int amount) in steps)
            {
                if (kind == 0)
                {
                    outbox.AppendAsync(OutboxFolder.Numbered((int)appended + 1, amount)).GetAwaiter().GetResult();
                    appended += amount;
                }
                else if (kind == 1 && acknowledged < appended)
                {
                    acknowledged = Math.Min(appended, acknowledged + amount);
                    outbox.Acknowledge(acknowledged);
                }
                else
                {
                    outbox.Dispose();
                    outbox = OutboxFolder.Open(folder.Path, segmentBytes: 300);
                }
                Assert.Equal(OutboxFolder.Numbered((int)acknowledged + 1, (int)(appended - acknowledged)), outbox.ReadAll());
                Assert.Equal(appended - acknowledged, outbox.Status.Pending);
            }
            outbox.Dispose();
        }
    }
}
