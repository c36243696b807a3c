using Edge.Kernels.Threading;

namespace Edge.Runtime.Operators.Recurrent;

/// <summary>Some sequences in one direction, which one thread takes from step to step.</summary>
internal unsafe struct RecurrentLane
{
    public int Direction;

    /// <summary>Sequences.</summary>
    public int Rows;

    /// <summary>For each sequence the input of the present step times its weights, all gates of the direction; null where the sequence is over.</summary>
    public float** X;

    /// <summary><c>[Rows, H]</c>: hidden states.</summary>
    public float* H;

    /// <summary><c>[Rows, H]</c>: cell states, where the cell has them.</summary>
    public float* C;

    /// <summary>The direction's biases; null for none.</summary>
    public float* Bias;

    /// <summary>The direction's peepholes; null for none.</summary>
    public float* Peephole;

    /// <summary>R, as <see cref="WeightProducts.Begin"/> gave it.</summary>
    public byte* Weights;

    /// <summary><see cref="RecurrentCell.ScratchBytes"/> bytes.</summary>
    public byte* Scratch;

    public WorkerPool Pool;
}
