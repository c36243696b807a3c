namespace Edge.Runtime.Operators;

/// <summary>
/// A node made ready: shapes, kernels and packed weights are fixed. <see cref="Execute"/> allocates nothing on the
/// managed heap and takes no lock; it is called by one thread at a time.
/// </summary>
internal abstract class Executor : IDisposable
{
    /// <summary>The kernel that does the work, as <c>edge inspect</c> shows it: <c>conv_f32_avx2_6x16</c>, <c>reshape (view)</c>.</summary>
    public abstract string Kernel { get; }

    /// <summary>Bytes of scratch memory for one execution, 64-byte aligned when it is handed over.</summary>
    public virtual nint ScratchBytes => 0;

    /// <summary>Says, before the first execution, how much scratch there will be: as much as the step of the plan needs that needs the most.</summary>
    public virtual void SpreadScratch(nint bytes)
    {
    }

    /// <summary>Bytes of packed weights that the executor holds.</summary>
    public virtual nint PackedBytes => 0;

    /// <summary>Multiply-accumulates of one execution; 0 where nobody counts them.</summary>
    public virtual long Macs => 0;

    /// <summary>
    /// Whether <see cref="Execute"/> looks at input <paramref name="input"/>. Where it does not — the elements are packed — the
    /// pointer is null, and a constant that nobody else reads is given up.
    /// </summary>
    public virtual bool Reads(int input) => true;

    /// <summary>
    /// What one execution costs where that grows faster than its tensors: multiply-accumulates, taps of windows.
    /// </summary>
    public virtual long Work => Macs;

    public abstract void Execute(in StepContext c);

    /// <summary>Frees packed weights.</summary>
    public virtual void Dispose()
    {
    }
}
