namespace Edge.Fuzz.Running;

internal enum Outcome
{
    /// <summary>The mutant ran.</summary>
    Ran,

    /// <summary>A session was made; its inputs are too large to be given.</summary>
    Planned,

    /// <summary>Refused with a ModelException.</summary>
    Refused,

    /// <summary>Another exception.</summary>
    Exception,

    /// <summary>More time than <see cref="FuzzLimits.Time"/>.</summary>
    Slow,

    /// <summary>More memory than <see cref="FuzzLimits"/> allow.</summary>
    Memory,

    /// <summary>The process died.</summary>
    Death,

    /// <summary>The process did not come back.</summary>
    Hang,
}

/// <summary>What became of a mutant.</summary>
/// <param name="Outcome">The kind.</param>
/// <param name="Stage">How far it came: read, load, session, run.</param>
/// <param name="Signature">Equal for findings that probably have one cause.</param>
/// <param name="Detail">A stack trace or figures, for people.</param>
internal sealed record Verdict(Outcome Outcome, string Stage, string Signature, string Detail)
{
    public bool IsFinding => Outcome >= Outcome.Exception;
}
