namespace Edge.Runtime.Operators;

/// <summary>What an executor reads of its inputs to compute some rows of its outputs.</summary>
internal enum RowReach
{
    /// <summary>It cannot compute some rows.</summary>
    None,

    /// <summary>Any of the first input, the same rows of others.</summary>
    All,

    /// <summary>The same rows: as many equal parts as the outputs have.</summary>
    Same,
}

/// <summary>
/// An executor that can compute some rows by themselves: outputs seen as so many equal parts, one behind the other. Several threads
/// may do so at once, each with rows and scratch of its own; bits do not depend on who computes what, and nothing fails for what tensors hold.
/// </summary>
internal interface IRowExecutor
{
    /// <summary>Rows that it is made of: pixels. 0 where it goes element by element.</summary>
    nint Rows { get; }

    /// <summary>What ranges begin and end with a multiple of, or the last row.</summary>
    int RowGranule => 1;

    /// <summary>Rows of a range at least.</summary>
    int LeastRows => 1;

    /// <summary>Processor cycles that all rows take at least.</summary>
    long Cycles { get; }

    /// <summary>What it reads where outputs are seen as <paramref name="rows"/> rows.</summary>
    RowReach ReachOf(nint rows);

    /// <summary>Bytes of scratch for so many rows.</summary>
    nint RowScratchBytes(nint rows) => 0;

    /// <summary>Computes rows <c>first … first + count − 1</c> on the calling thread.</summary>
    /// <param name="c">The pointers of the whole; scratch for the rows; no threads.</param>
    /// <param name="rows">Rows of the whole.</param>
    /// <param name="first">The first one.</param>
    /// <param name="count">How many.</param>
    void ExecuteRows(in StepContext c, nint rows, nint first, nint count);
}
