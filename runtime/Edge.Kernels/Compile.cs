using System.Runtime.CompilerServices;

namespace Edge.Kernels;

/// <summary>How the just-in-time compiler is to treat a method.</summary>
internal static class Compile
{
    /// <summary>
    /// A loop over vectors: compiled with all optimizations at once, and by itself. Within a caller that is compiled again later it would be
    /// inlined, and the functions that it is made of no longer: there is a limit to what one method may take in.
    /// </summary>
    public const MethodImplOptions Alone = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;
}
