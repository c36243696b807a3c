using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Recurrent;

/// <summary>Cells closed over the vectors of one ISA; those of ONNX's default activations are compiled apart.</summary>
/// <param name="isa">The name of the set, for the names of kernels.</param>
internal sealed class GenericRecurrent<V>(string isa) : RecurrentKernels
    where V : unmanaged, IVectorF32<V>
{
    public override LstmCell Lstm(in RecurrentActivation f, in RecurrentActivation g, in RecurrentActivation h, float clip, bool coupled, int hidden)
    {
        string name = $"lstm_f32_{isa}";
        return (f.Function, g.Function, h.Function) is (RecurrentFunction.Sigmoid, RecurrentFunction.Tanh, RecurrentFunction.Tanh)
            ? new LstmCell<SigmoidF32, TanhF32, TanhF32, V>(default, default, default, clip, coupled, hidden, name)
            : new LstmCell<AnyGateF32, AnyGateF32, AnyGateF32, V>(new AnyGateF32(f), new AnyGateF32(g), new AnyGateF32(h), clip, coupled, hidden, name);
    }

    public override GruCell Gru(in RecurrentActivation f, in RecurrentActivation g, float clip, int hidden)
    {
        string name = $"gru_f32_{isa}";
        return (f.Function, g.Function) is (RecurrentFunction.Sigmoid, RecurrentFunction.Tanh)
            ? new GruCell<SigmoidF32, TanhF32, V>(default, default, clip, hidden, name)
            : new GruCell<AnyGateF32, AnyGateF32, V>(new AnyGateF32(f), new AnyGateF32(g), clip, hidden, name);
    }

    public override RnnCell Rnn(in RecurrentActivation f, float clip, int hidden)
    {
        string name = $"rnn_f32_{isa}";
        return f.Function == RecurrentFunction.Tanh
            ? new RnnCell<TanhF32, V>(default, clip, hidden, name)
            : new RnnCell<AnyGateF32, V>(new AnyGateF32(f), clip, hidden, name);
    }
}
