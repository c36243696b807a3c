using Edge.Pipeline.Events;

namespace Edge.Mqtt.Tests;

public sealed class TopicsTests
{
    private const string Root = "edge/v1/plant-1/line-2/cam-3";

    [Fact]
    public void Topics_are_those_of_the_contract()
    {
        Topics topics = Device.Topics;
        Assert.Equal(
            [
                $"{Root}/status", $"{Root}/birth", $"{Root}/health", $"{Root}/top/status", $"{Root}/top/event", $"{Root}/top/count", $"{Root}/top/image",
                $"{Root}/alarm/a-1", $"{Root}/cmd/ping", $"{Root}/ack/ping", $"{Root}/model/desired", $"{Root}/model/reported",
                "homeassistant/device/cam-3/config", "homeassistant/status",
            ],
            [
                topics.Status, topics.Birth, topics.Health, topics.StreamStatus("top"), topics.Event("top"), topics.Count("top"), topics.Image("top"),
                topics.Alarm("a-1"), topics.Command("ping"), topics.Acknowledgement("ping"), topics.ModelDesired, topics.ModelReported,
                topics.HomeAssistantConfiguration, Topics.HomeAssistantStatus,
            ]);
    }

    [Theory]
    [InlineData("Plant 1", "site 'Plant 1': identifiers are 1 to 32 of a-z 0-9 _ -; 'plant-1' would do")]
    [InlineData("", "site '': identifiers are 1 to 32 of a-z 0-9 _ -")]
    [InlineData("a/b", "site 'a/b': identifiers are 1 to 32 of a-z 0-9 _ -; 'a-b' would do")]
    [InlineData("+", "site '+': identifiers are 1 to 32 of a-z 0-9 _ -")]
    public void A_name_that_is_no_identifier_is_refused_with_one_that_would_do(string name, string message) =>
        Assert.Equal(message, Assert.Throws<ContractException>(() => new Topics(name, "line", "device")).Message);

    [Theory]
    [InlineData("status")]
    [InlineData("birth")]
    [InlineData("health")]
    [InlineData("alarm")]
    [InlineData("cmd")]
    [InlineData("ack")]
    [InlineData("model")]
    public void A_stream_cannot_have_a_reserved_name(string name) =>
        Assert.StartsWith($"stream '{name}': the name is reserved", Assert.Throws<ContractException>(() => Device.Topics.Event(name)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_name_of_a_command_is_read_from_its_topic()
    {
        Assert.Equal("ping", Device.Topics.CommandName($"{Root}/cmd/ping"));
        Assert.Null(Device.Topics.CommandName($"{Root}/cmd/"));
        Assert.Null(Device.Topics.CommandName($"{Root}/cmd/a/b"));
        Assert.Null(Device.Topics.CommandName("edge/v1/plant-1/line-2/cam-4/cmd/ping"));
    }
}
