namespace Edge.Kernels.Topology;

/// <summary>A logical processor.</summary>
/// <param name="Id">Its number in the system.</param>
/// <param name="Cluster">Cores of the same number have one L2 or one cluster in common, as far as the system says; numbered from 0.</param>
/// <param name="Capacity">How much it computes, in 1024ths of the system's fastest core.</param>
/// <param name="IsPerformance">Belongs to the fast cores of a system that has fast and slow ones; true where all are alike.</param>
/// <param name="IsPrimary">Is the first logical processor of its physical core.</param>
/// <param name="L1Data">Its data cache; shared by its physical core's threads.</param>
/// <param name="L2">Its second-level cache.</param>
/// <param name="L3">Its third-level cache; 0 bytes where there is none, or it is not known.</param>
public sealed record CpuCore(int Id, int Cluster, int Capacity, bool IsPerformance, bool IsPrimary, CpuCache L1Data, CpuCache L2, CpuCache L3);

/// <summary>A cache that holds data.</summary>
/// <param name="Bytes">Its size; 0 for none.</param>
/// <param name="Cores">Physical cores that share it; at least 1.</param>
public readonly record struct CpuCache(long Bytes, int Cores)
{
    /// <summary>What each core has when all of them work.</summary>
    public long BytesPerCore => Bytes / Cores;
}
