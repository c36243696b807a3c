namespace Edge.Architecture.Tests;

/// <summary>Which project may use which: the table of the design, and what follows from it for tools and tests.</summary>
internal static class DependencyTable
{
    private const string All = "*";

    private static readonly Dictionary<string, (string Area, string[] MayUse)> Rows = new()
    {
        ["Edge.Tensors"] = ("runtime", []),
        ["Edge.Onnx"] = ("runtime", []),
        ["Edge.Kernels"] = ("runtime", ["Edge.Tensors"]),
        ["Edge.Runtime"] = ("runtime", ["Edge.Onnx", "Edge.Kernels", "Edge.Tensors"]),
        ["Edge.OnnxRuntime"] = ("runtime", ["Edge.Runtime", "Edge.Tensors"]),
        ["Edge.Quantization"] = ("quantization", ["Edge.Onnx", "Edge.Runtime", "Edge.Tensors"]),
        ["Edge.Devices"] = ("devices", []),
        ["Edge.Imaging"] = ("devices", ["Edge.Tensors", "Edge.Devices"]),
        ["Edge.Devices.Linux"] = ("devices", ["Edge.Devices"]),
        ["Edge.Pipeline"] = ("apps", ["Edge.Devices", "Edge.Imaging", "Edge.Runtime", "Edge.Tensors"]),
        ["Edge.Evaluation"] = ("apps", ["Edge.Devices", "Edge.Imaging", "Edge.Pipeline", "Edge.Quantization", "Edge.Runtime", "Edge.Tensors"]),
        ["Edge.Mqtt"] = ("apps", ["Edge.Pipeline"]),
        ["Edge.Daemon"] = ("apps", [All]),
        ["Edge.Cli"] = ("apps", [All]),
        ["Edge.Training"] = ("tools", ["Edge.Onnx", "Edge.Kernels", "Edge.Tensors"]),
        ["Edge.Testing"] = ("tests", ["Edge.Onnx", "Edge.Tensors"]),
    };

    /// <summary>Programs: nothing is built on them but their own tests.</summary>
    private static readonly string[] Programs = ["Edge.Daemon", "Edge.Cli"];

    public static IEnumerable<string> Names => Rows.Keys;

    /// <summary>The top-level folder that a project of the table belongs to, or null for one that is not in the table.</summary>
    public static string? AreaOf(string project) => Rows.TryGetValue(project, out var row) ? row.Area : null;

    /// <summary>
    /// Whether <paramref name="user"/>, a project in the folder <paramref name="area"/>, may use <paramref name="used"/>. Tests may use
    /// everything but other tests; tools everything but programs and tests; of the product nobody uses tools or tests.
    /// </summary>
    public static bool Allows(string user, string area, string used)
    {
        if (user == used) return true;
        if (Rows.TryGetValue(user, out var row) && !row.MayUse.Contains(All)) return row.MayUse.Contains(used);
        return area switch
        {
            "tests" => used == "Edge.Testing" || !used.EndsWith(".Tests", StringComparison.Ordinal),
            "tools" => AreaOf(used) != "tests" && !used.EndsWith(".Tests", StringComparison.Ordinal) && !Programs.Contains(used),
            _ => AreaOf(used) is { } usedArea && SourceTree.ProductAreas.Contains(usedArea) && !Programs.Contains(used),
        };
    }

    /// <summary>What a project may use, for messages.</summary>
    public static string Describe(string user) => Rows.TryGetValue(user, out var row) switch
    {
        true when row.MayUse.Length == 0 => "nothing of ours",
        true when row.MayUse.Contains(All) => "every library of the product",
        true => string.Join(", ", row.MayUse),
        false => "libraries of the product",
    };
}
