namespace Edge.Kernels.Dense;

/// <summary>What those who prepare convolutions decide for all of them.</summary>
/// <param name="Threads">Threads of the pools that will run them, at least 1.</param>
/// <param name="Winograd">Whether float32 convolutions may be computed by Winograd's method where that is faster; their last bits differ from direct ones'.</param>
/// <param name="Choice">Chooses among the ways of computing a float32 convolution; null for the estimate.</param>
public sealed record DenseOptions(int Threads, bool Winograd = true, IConvChoice? Choice = null)
{
    /// <summary>All cores, and Winograd's method.</summary>
    public static DenseOptions Default { get; } = new(Environment.ProcessorCount);
}
