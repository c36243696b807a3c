namespace Edge.Runtime.Operators.Recurrent;

/// <summary>What tells LSTM, GRU and RNN apart while a sequence runs: the products with R and the cell.</summary>
internal abstract unsafe class RecurrentCell : IDisposable
{
    /// <summary>The kernel's name.</summary>
    public abstract string Name { get; }

    /// <summary>Rows of W for each hidden unit.</summary>
    public abstract int Gates { get; }

    public abstract WeightProducts Products { get; }

    /// <summary>Bytes of scratch for a lane of as many sequences.</summary>
    public abstract nint ScratchBytes(int rows);

    /// <summary>One step of all sequences of a lane: replaces the states of those that are not over.</summary>
    public abstract void Step(in RecurrentLane lane);

    public void Dispose() => Products.Dispose();
}
