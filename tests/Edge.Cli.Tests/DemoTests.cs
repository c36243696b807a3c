using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Edge.Cli.Demo;
using Edge.Imaging;
using Edge.Mqtt;
using MQTTnet;
using MQTTnet.Server;
using static Edge.Cli.Tests.CommandLine;

namespace Edge.Cli.Tests;

public sealed class DemoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static string Assets => DemoAssets.Bundled;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_does_the_whole_job_and_every_event_arrives_exactly_once()
    {
        var demo = new SmallDemo(_folder);
        var ran = await demo.RunAsync();
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Contains("12 events published, 12 arrived, 0 missing, 0 duplicated", ran.Output, StringComparison.Ordinal);
        Assert.Contains("every event arrived exactly once", ran.Output, StringComparison.Ordinal);
        // The confusion matrix accounts for every part.
        int[] cells = [.. Regex.Matches(ran.Output, @"^  (?:good|defective) +(\d+) +(\d+) +(\d+) +(\d+) *$", RegexOptions.Multiline)
            .SelectMany(m => m.Groups.Values.Skip(1).Select(g => int.Parse(g.Value, CultureInfo.InvariantCulture)))];
        Assert.Equal(8, cells.Length);
        Assert.Equal(12, cells.Sum());
        // Of good and defective parts, ng and unsure.
        int notPassed = cells[1] + cells[2] + cells[5] + cells[6];
        Assert.Equal(notPassed, Directory.GetFiles(_folder["out/evidence"], "*.jpg").Length);
        using var overview = ImageCodec.Default.Load(_folder["out/overview.jpg"]);
        Assert.True(overview.Width > 1000 && overview.Height > 800);
        Assert.True(new FileInfo(_folder["out/parts.int8.onnx"]).Length < 0.6 * new FileInfo(demo.Assets.Pipeline.ModelFile).Length);

        // What it leaves behind is ready for the other commands.
        using var run = JsonDocument.Parse(Succeeds("run", _folder["out/parts.int8.onnx"], demo.Assets.Test[0].File, "--json"));
        Assert.Equal(384, run.RootElement.GetProperty("pictures")[0].GetProperty("width").GetInt32());
        Assert.Contains("QLinearConv", Succeeds("inspect", _folder["out/parts.int8.onnx"]), StringComparison.Ordinal);
        using var verify = JsonDocument.Parse(Succeeds("verify", demo.Assets.Pipeline.ModelFile, _folder["out/parts.int8.onnx"], "--data", _folder["assets/test"], "--json"));
        var scores = verify.RootElement.GetProperty("outputs")[0];
        Assert.Equal("scores", scores.GetProperty("output").GetString());
        // Not the same model, and not another one either.
        Assert.InRange(scores.GetProperty("meanError").GetDouble(), 1e-6, 0.05);
    }

    [Fact]
    public void The_bundled_pictures_are_those_of_the_manifest()
    {
        var assets = DemoAssets.Load(Assets);
        Assert.Equal((200, 64, 6), (assets.Test.Count, assets.Calibration.Count, assets.Labels.Count));
        Assert.All(assets.Test.Select(t => t.File).Concat(assets.Calibration), f => Assert.True(File.Exists(f), f));
        Assert.All(assets.Test, t => Assert.Equal(t.IsGood, t.Defects.Count == 0));
    }

    [Fact]
    public async Task It_publishes_to_a_broker_that_asks_for_a_password()
    {
        await using var broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { UserName = "line", Password = "secret" });
        string password = _folder.File("password", "secret\n");
        var ran = await new SmallDemo(_folder).RunAsync(new MqttOptions { Host = "127.0.0.1", Port = broker.Port, UserName = "line", PasswordFile = password });
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Contains($"publish each verdict to 127.0.0.1:{broker.Port}\n", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_that_arrive_twice_are_told_and_the_exit_code_says_so()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        int repeated = 0;
        broker.Server.InterceptingPublishAsync += async e =>
        {
            // The first event is handed out a second time.
            if (!e.ApplicationMessage.Topic.EndsWith("/event", StringComparison.Ordinal) || Interlocked.Exchange(ref repeated, 1) != 0) return;
            await broker.Server.InjectApplicationMessage(new InjectedMqttApplicationMessage(new MqttApplicationMessageBuilder()
                .WithTopic(e.ApplicationMessage.Topic).WithPayload(e.ApplicationMessage.Payload).WithQualityOfServiceLevel(e.ApplicationMessage.QualityOfServiceLevel).Build()));
        };
        var ran = await new SmallDemo(_folder).RunAsync(new MqttOptions { Host = "127.0.0.1", Port = broker.Port });
        Assert.Equal(1, ran.Code);
        Assert.Contains("12 events published, 12 arrived, 0 missing, 1 duplicated", ran.Output, StringComparison.Ordinal);
        Assert.EndsWith("edge: events did not arrive exactly once: 1 duplicated\n", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broker_that_is_away()
    {
        int port = FreePort();
        Assert.StartsWith($"mqtt 127.0.0.1:{port}: ", Fails("demo", "--out", _folder["out"], "--broker", $"127.0.0.1:{port}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_refuses()
    {
        await using var broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { UserName = "line", Password = "secret" });
        string line = Fails("demo", "--out", _folder["out"], "--broker", $"127.0.0.1:{broker.Port}");
        Assert.StartsWith($"mqtt 127.0.0.1:{broker.Port}: ", line, StringComparison.Ordinal);
        Assert.Contains("user", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--broker localhost:port: write host or host:port with a port from 1 to 65535", "--broker", "localhost:port")]
    [InlineData("--broker :1883: write host or host:port with a port from 1 to 65535", "--broker", ":1883")]
    [InlineData("--broker localhost:70000: write host or host:port with a port from 1 to 65535", "--broker", "localhost:70000")]
    [InlineData("user, password, certificates and TLS belong to a broker of yours; name it with --broker host:port", "--user", "line")]
    [InlineData("user, password, certificates and TLS belong to a broker of yours; name it with --broker host:port", "--tls")]
    [InlineData("mqtt localhost:1883: the password file cannot be read: ", "--broker", "localhost", "--user", "line", "--password-file", "/nowhere/password")]
    [InlineData("mqtt localhost: a password is given without a user name", "--broker", "localhost", "--password-file", "/nowhere/password")]
    [InlineData("mqtt tls: the CA file /nowhere/ca.pem cannot be read: ", "--broker", "[::1]:8883", "--ca-file", "/nowhere/ca.pem")]
    [InlineData("mqtt tls: a client certificate needs its key, and a key its certificate", "--broker", "localhost", "--client-key", "/nowhere/key.pem")]
    [InlineData("--parts 0: a whole number from 1 to 1000000 is expected; try edge demo --help", "--parts", "0")]
    public void Options_that_make_no_sense(string message, params string[] options) =>
        Assert.StartsWith(message, Fails(["demo", "--out", _folder["out"], .. options]), StringComparison.Ordinal);

    [Fact]
    public void A_folder_that_cannot_be_made()
    {
        string file = _folder.File("file", "x");
        Assert.StartsWith($"{file}: the folder cannot be made: ", Fails("demo", "--out", file), StringComparison.Ordinal);
    }

    [Fact]
    public void Assets_that_are_not_there() =>
        Assert.Equal(
            $"{_folder["none"]}: the demo's model and pictures are not there; they belong beside the program",
            Assert.Throws<Output.CommandException>(() => DemoAssets.Load(_folder["none"])).Message);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
