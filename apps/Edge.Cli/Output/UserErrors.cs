using Edge.Devices;
using Edge.Evaluation;
using Edge.Imaging;
using Edge.Mqtt;
using Edge.Onnx;
using Edge.Pipeline.Events;

namespace Edge.Cli.Output;

/// <summary>Which failures are the user's to mend: they are told in one line. All others are ours and keep their stack trace.</summary>
internal static class UserErrors
{
    /// <summary>The line; null for a fault of the program.</summary>
    public static string? Message(Exception e) => e switch
    {
        ModelException or CommandException or DataException or ImageException or DeviceException or MqttSetupException or ContractException => Line(e.Message),
#if ONNXRUNTIME
        OnnxRuntime.Providers.ProviderException => Line(e.Message),
#endif
        NotSupportedException when e.Message.Contains("kernel set", StringComparison.Ordinal) || e.Message.StartsWith("EDGE_ISA", StringComparison.Ordinal) => Line(e.Message),
        FileNotFoundException f => $"{f.FileName}: no such file",
        DirectoryNotFoundException or UnauthorizedAccessException or IOException => Line(e.Message),
        _ => null,
    };

    private static string Line(string message) => message.ReplaceLineEndings(" ");
}
