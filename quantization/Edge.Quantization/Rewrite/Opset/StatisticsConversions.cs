namespace Edge.Quantization.Rewrite.Opset;

/// <summary>Normalization operators.</summary>
internal static class StatisticsConversions
{
    /// <summary>BatchNormalization-7 could keep statistics for each element (<c>spatial = 0</c>); no later version can.</summary>
    public static void BatchNormalization(OpsetConversion c)
    {
        if (c.Node.Int("spatial", 1) == 0) throw c.Error("spatial = 0");
        c.Node.RemoveAttribute("spatial");
    }

    /// <summary>BatchNormalization-9 could return statistics that no later version has.</summary>
    public static void BatchNormalization14(OpsetConversion c)
    {
        if (c.Node.Outputs.Skip(1).Any(o => o.Length > 0)) throw c.Error("its statistics are outputs");
    }
}
