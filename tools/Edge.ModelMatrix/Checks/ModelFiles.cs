using Edge.ModelMatrix.Samples;

namespace Edge.ModelMatrix.Checks;

/// <summary>The bytes of a model of the shared data; those that lie there compressed are decompressed.</summary>
internal static class ModelFiles
{
    public static byte[] Read(string data, string path)
    {
        string full = Path.Combine(data, path);
        return full.EndsWith(".gz", StringComparison.Ordinal) ? SharedSets.Unzip(full) : File.ReadAllBytes(full);
    }
}
