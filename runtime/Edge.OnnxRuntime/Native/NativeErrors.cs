using System.Text.RegularExpressions;

namespace Edge.OnnxRuntime.Native;

/// <summary>ONNX Runtime's error messages without the places in its source code.</summary>
internal static partial class NativeErrors
{
    /// <summary>The innermost reason, in one line.</summary>
    public static string Reason(Exception e)
    {
        string line = ErrorCode().Replace(e.Message.Split('\n')[0], "");
        return SourcePlace().Replace(line, "").Trim();
    }

    [GeneratedRegex(@"^.*(?:\[ErrorCode:\w+\]|\[ONNXRuntimeError\] : \d+ : \w+ :) ")]
    private static partial Regex ErrorCode();

    [GeneratedRegex(@"^\S+\.(?:cc|h|cpp|cu):\d+ .+?\)(?: const)?(?: \[with [^]]*\])? ")]
    private static partial Regex SourcePlace();
}
