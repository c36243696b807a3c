namespace Edge.Quantization.Candidates;

/// <summary>
/// Gives back what the garbage collector keeps at hand. A quantizer makes a model of many megabytes, is done with it, and makes the
/// next; left to itself, the collector sees no reason to look at the old ones while the machine has memory, which a small one has not.
/// </summary>
internal static class SpareMemory
{
    /// <summary>Takes some hundredths of a second: between models, not between samples.</summary>
    public static void Return() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
