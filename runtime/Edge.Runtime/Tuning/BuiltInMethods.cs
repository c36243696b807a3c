namespace Edge.Runtime.Tuning;

/// <summary>
/// What <c>tools/Edge.Benchmarks tune</c> measured on kinds of CPU that we had: a resource of this assembly for each.
/// </summary>
internal static class BuiltInMethods
{
    /// <summary>The table of a kind of CPU, a new one each time; empty where there is none.</summary>
    public static MethodTable Of(string cpu)
    {
        using var stream = typeof(BuiltInMethods).Assembly.GetManifestResourceStream($"Edge.Runtime.Tuning.Tables.{cpu}.tsv");
        if (stream is null) return new MethodTable();
        using var text = new StreamReader(stream);
        return MethodTable.Parse(text);
    }
}
