using Edge.Devices;
using Edge.Devices.Simulated;
using Edge.Imaging.Sources;
using Xunit;

namespace Edge.Imaging.Tests;

public sealed class ImageFileSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edge-imaging-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string name, int width = 8, int height = 6)
    {
        using Bitmap picture = Pictures.Scene(width, height);
        ImageCodec.Managed.Save(picture.View, Path.Combine(_folder, name));
    }

    private static async Task<List<string>> Names(ImageFileSource source)
    {
        var names = new List<string>();
        while (await source.ReadAsync(TestContext.Current.CancellationToken) is { } frame)
        {
            using (frame) names.Add(frame.Name);
        }
        return names;
    }

    [Fact]
    public async Task Pictures_come_in_the_order_of_their_names_as_often_as_asked()
    {
        foreach (string name in (string[])["b.jpg", "a.png", "C.JPG", "a10.png", "a2.png"]) Write(name.Replace("JPG", "jpg", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(_folder, "labels.csv"), "not a picture, and not named like one");
        await using var source = ImageFileSource.Folder(_folder, options: new ImageFileOptions { Loops = 2 });
        string[] once = ["C.jpg", "a.png", "a10.png", "a2.png", "b.jpg"];
        Assert.Equal([.. once, .. once], await Names(source));
        Assert.Null(await source.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_frame_says_where_and_when_it_came_from()
    {
        Write("part.png", 20, 10);
        var clock = new FixedClock();
        await using var source = ImageFileSource.Folder(_folder, options: new ImageFileOptions { Clock = clock });
        using Frame frame = (await source.ReadAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(("part.png", Path.Combine(_folder, "part.png"), 0L), (frame.Name, frame.Path, frame.Sequence));
        Assert.Equal((20, 10, PixelFormat.Rgb24), (frame.Width, frame.Height, frame.Format));
        Assert.Equal((clock.GetUtcNow(), clock.GetTimestamp()), (frame.Timestamp, frame.CapturedAt));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_one_error_and_the_next_follows()
    {
        Write("1.png");
        File.WriteAllText(Path.Combine(_folder, "2.jpg"), "this is text");
        Write("3.png");
        await using var source = ImageFileSource.Folder(_folder);
        (await source.ReadAsync(TestContext.Current.CancellationToken))!.Dispose();
        var e = await Assert.ThrowsAsync<FrameException>(async () => await source.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal($"{Path.Combine(_folder, "2.jpg")}: not a JPEG, PNG or BMP picture", e.Message);
        Assert.Equal(("2.jpg", 1L), (e.Name, e.Sequence));
        using Frame third = (await source.ReadAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(("3.png", 2L), (third.Name, third.Sequence));
    }

    [Fact]
    public async Task Files_are_skipped_only_with_a_report_and_a_count()
    {
        File.WriteAllBytes(Path.Combine(_folder, "0.png"), []);
        Write("1.png");
        File.WriteAllText(Path.Combine(_folder, "2.jpg"), "this is text");
        var reports = new List<string>();
        await using var source = ImageFileSource.Folder(_folder, options: new ImageFileOptions { Skip = e => reports.Add(e.Message) });
        Assert.Equal(["1.png"], await Names(source));
        Assert.Equal(2, source.Skipped);
        Assert.Equal([$"{_folder}/0.png: the file is empty", $"{_folder}/2.jpg: not a JPEG, PNG or BMP picture"], reports);
    }

    [Fact]
    public async Task A_file_that_vanished_is_named()
    {
        Write("1.png");
        await using var source = ImageFileSource.Folder(_folder);
        File.Delete(Path.Combine(_folder, "1.png"));
        var e = await Assert.ThrowsAsync<FrameException>(async () => await source.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal($"{_folder}/1.png: no such file", e.Message);
    }

    [Fact]
    public void An_empty_folder_one_without_pictures_and_none_at_all_are_told_apart()
    {
        Assert.Equal($"{_folder}: the folder is empty; pictures end in .jpg .jpeg .png .bmp", Assert.Throws<DeviceException>(() => ImageFileSource.Folder(_folder)).Message);
        File.WriteAllText(Path.Combine(_folder, "a.txt"), "");
        Assert.Equal($"{_folder}: no picture among its 1 files; pictures end in .jpg .jpeg .png .bmp", Assert.Throws<DeviceException>(() => ImageFileSource.Folder(_folder)).Message);
        Assert.Equal($"{_folder}/x: no such folder", Assert.Throws<DeviceException>(() => ImageFileSource.Folder(_folder + "/x")).Message);
        Assert.Equal($"{_folder}/x: no such file or folder", Assert.Throws<DeviceException>(() => PictureFiles.Find([_folder + "/x"])).Message);
    }

    [Fact]
    public async Task Cancelling_loses_no_frame()
    {
        Write("1.png");
        await using var source = ImageFileSource.Folder(_folder);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.ReadAsync(new CancellationToken(canceled: true)));
        Assert.Equal(["1.png"], await Names(source));
    }

    [Fact]
    public async Task A_paced_source_waits_for_the_interval_on_its_clock()
    {
        for (int i = 0; i < 3; i++) Write($"{i}.png");
        var clock = new ManualClock();
        await using var source = new PacedFrameSource(ImageFileSource.Folder(_folder), 10, clock);
        (await source.ReadAsync(TestContext.Current.CancellationToken))!.Dispose();
        Task<Frame?> second = source.ReadAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(second.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(99));
        Assert.False(second.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        (await second)!.Dispose();
        clock.Advance(TimeSpan.FromSeconds(5));
        // Late: at once, but the one after it waits again.
        Assert.True(source.ReadAsync(TestContext.Current.CancellationToken).AsTask() is { IsCompletedSuccessfully: true });
    }

    [Fact]
    public async Task A_cancelled_wait_for_the_interval_loses_no_frame()
    {
        for (int i = 0; i < 2; i++) Write($"{i}.png");
        var clock = new ManualClock();
        await using var source = new PacedFrameSource(ImageFileSource.Folder(_folder), 1, clock);
        (await source.ReadAsync(TestContext.Current.CancellationToken))!.Dispose();
        using var cancel = new CancellationTokenSource();
        Task<Frame?> second = source.ReadAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        clock.Advance(TimeSpan.FromSeconds(1));
        using Frame frame = (await source.ReadAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal("1.png", frame.Name);
    }

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

        public override long GetTimestamp() => 77;
    }
}
