namespace Edge.Runtime.Operators.Recurrent;

/// <summary>The sizes of a recurrent node, and where its tensors have the row of a sequence at a step.</summary>
/// <param name="Steps">Length of the longest sequence.</param>
/// <param name="Batch">Sequences.</param>
/// <param name="Input">Elements of the input at a step.</param>
/// <param name="Hidden">Elements of the hidden state.</param>
/// <param name="Directions">1, or 2 where the node is bidirectional.</param>
/// <param name="BatchFirst">Layout 1: the batch is the first axis of X, Y and the states.</param>
internal readonly record struct RecurrentShape(int Steps, int Batch, int Input, int Hidden, int Directions, bool BatchFirst)
{
    /// <summary>The row of X.</summary>
    public nint InputRow(int step, int sequence) => BatchFirst ? (nint)sequence * Steps + step : (nint)step * Batch + sequence;

    /// <summary>The row of Y.</summary>
    public nint OutputRow(int step, int direction, int sequence) => BatchFirst
        ? ((nint)sequence * Steps + step) * Directions + direction
        : ((nint)step * Directions + direction) * Batch + sequence;

    /// <summary>The row of an initial or final state.</summary>
    public nint StateRow(int direction, int sequence) => BatchFirst ? (nint)sequence * Directions + direction : (nint)direction * Batch + sequence;

    /// <summary>Of Y.</summary>
    public Tensors.Shape Output => BatchFirst ? new(Batch, Steps, Directions, Hidden) : new(Steps, Directions, Batch, Hidden);

    /// <summary>Of the states.</summary>
    public Tensors.Shape State => BatchFirst ? new(Batch, Directions, Hidden) : new(Directions, Batch, Hidden);
}
