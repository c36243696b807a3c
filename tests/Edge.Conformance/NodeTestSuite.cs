using Edge.Testing;

namespace Edge.Conformance;

/// <summary>
/// The node tests of ONNX 1.22, from <c>shared/data/conformance</c>; see <see cref="SharedData"/> for where that is looked for.
/// </summary>
internal static class NodeTestSuite
{
    private const string Folder = "conformance";
    private const string Archive = Folder + "/onnx-v1.22.0-backend-node.tar.gz";

    private static readonly Lazy<IReadOnlyDictionary<string, NodeTest>> s_tests = new(Load);

    /// <summary>Whether the suite is here.</summary>
    public static bool IsPresent => SharedData.Root is { } root && File.Exists(Path.Combine(root, Archive));

    /// <summary>Every test by name; empty where the suite is absent.</summary>
    public static IReadOnlyDictionary<string, NodeTest> Tests => s_tests.Value;

    /// <summary>The tests that this runtime has to pass, by name in ordinal order.</summary>
    public static IEnumerable<NodeTest> InScope => Tests.Values.Where(t => Scope.Outside(t) is null).OrderBy(t => t.Name, StringComparer.Ordinal);

    private static Dictionary<string, NodeTest> Load()
    {
        if (!IsPresent) return [];
        string root = SharedData.RequireUnpacked(Archive);
        return Directory.GetFiles(root, "model.onnx", SearchOption.AllDirectories)
            .Select(p => new NodeTest(Path.GetDirectoryName(p)!)).ToDictionary(t => t.Name);
    }
}
