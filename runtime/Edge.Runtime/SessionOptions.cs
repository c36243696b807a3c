namespace Edge.Runtime;

/// <summary>How a session is built and run. Read once, by the session's constructor.</summary>
public sealed class SessionOptions
{
    /// <summary>
    /// Threads that work on one run, the caller included; 0 for one a core: of <see cref="Cores"/>, else of the physical
    /// performance cores that affinity and quota leave to the process, and no more than <see cref="CpuBudget"/> asks for.
    /// The sessions of a process share their workers: there are never more threads at work than cores, and several
    /// runs at once have fewer workers each.
    /// </summary>
    public int Threads { get; set; }

    /// <summary>
    /// The logical processors that workers are kept to, as Linux writes them (<c>4-7</c>, <c>0,2</c>); null for the
    /// performance cores. The thread that calls is the caller's own and stays where it is, unless <see cref="PinCaller"/>. Linux only.
    /// </summary>
    public string? Cores { get; set; }

    /// <summary>Whether a run keeps the thread that calls it to <see cref="Cores"/>, too, from then on.</summary>
    public bool PinCaller { get; set; }

    /// <summary>
    /// How much processor time runs may take, in cores: 0.5 for half of one, 2 for two; 0 for no limit. No more threads than
    /// that, rounded up, work on a run, and runs pause between their steps: over any time T they use no more than
    /// CpuBudget · (T + 0.1 s), and what one step takes. Each session has its own.
    /// </summary>
    public double CpuBudget { get; set; }

    /// <summary>The kernel set to use (<c>scalar</c>, <c>avx2</c>, <c>neon</c>, …); null for the one that <c>EDGE_ISA</c> names, else the best.</summary>
    public string? Isa { get; set; }

    /// <summary>Rewrite the graph before planning. Off, every node runs as the model has it: slower, for comparison.</summary>
    public bool Optimize { get; set; } = true;

    /// <summary>
    /// Compute float32 3×3 convolutions by Winograd's method where that is faster. Off, all are direct sums, whose last bits
    /// differ: Winograd's own error is about twice theirs, and an infinity or NaN spreads over the few pixels around it.
    /// </summary>
    public bool Winograd { get; set; } = true;

    /// <summary>
    /// Measure on this machine, while a plan is made, which way of computing each float32 convolution is the fastest, and remember
    /// it in <see cref="TuningFile"/>: a new shape takes about a tenth of a second. Off, what was measured on another
    /// machine of this kind decides where it is known, and an estimate where it is not.
    /// </summary>
    public bool Tune { get; set; }

    /// <summary>
    /// Where <see cref="Tune"/> remembers; null for <c>edge/convolutions.tsv</c> in the user's cache folder. Whoever can write to the
    /// file decides how convolutions are computed, among the ways that are right.
    /// </summary>
    public string? TuningFile { get; set; }

    /// <summary>Measure every step; see <see cref="InferenceSession.Profile"/>.</summary>
    public bool Profile { get; set; }

    /// <summary>
    /// A folder where packed weights are kept between processes, one file for each model, kernel set and set of input shapes;
    /// null for none. A later session maps the file in place of packing: it starts sooner, and processes share the memory. Files
    /// are verified when they are opened, and replaced where they do not fit. Whoever can write to the folder is trusted.
    /// </summary>
    public string? WeightCache { get; set; }

    /// <summary>
    /// How many bytes the files in <see cref="WeightCache"/> may have together: whoever writes one deletes those that were used
    /// least recently, of other models and of former versions, until the rest fits. The one that was written stays. Other files
    /// in the folder are neither counted nor touched, and whoever uses a deleted one keeps it.
    /// </summary>
    public long WeightCacheBytes { get; set; } = 1L << 30;

    /// <summary>Told what the user might want to know, a line each: that <see cref="WeightCache"/> or <see cref="TuningFile"/> cannot be used, and why.</summary>
    public Action<string>? Log { get; set; }

    /// <summary>How much the model may ask for.</summary>
    public SessionLimits Limits { get; set; } = SessionLimits.Default;

    /// <summary>Sizes for free dimensions by symbol (<c>batch</c> → 1). The plan for these is built at once, not at the first run.</summary>
    public IDictionary<string, int> Dimensions { get; } = new Dictionary<string, int>();
}
