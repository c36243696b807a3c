using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Runtime.Tests.Operators.Recurrent;

/// <summary>A recurrent node of random sizes, attributes and optional inputs, in the layout that ONNX Runtime knows.</summary>
internal sealed class RecurrentCase
{
    private static readonly string[] s_activations =
        ["Relu", "Tanh", "Sigmoid", "Affine", "LeakyRelu", "ThresholdedRelu", "ScaledTanh", "HardSigmoid", "Elu", "Softsign", "Softplus"];

    private readonly string _opType;
    private readonly int _opset;
    private readonly bool _known;
    private readonly List<AttributeProto> _attributes = [];
    private readonly List<Tensor?> _inputs = [];
    private readonly bool _batchFirst;

    private RecurrentCase(string opType, int opset, bool known, bool batchFirst)
    {
        _opType = opType;
        _opset = opset;
        _known = known;
        _batchFirst = batchFirst;
    }

    public int Outputs => _opType == "LSTM" ? 3 : 2;

    /// <param name="opType">LSTM, GRU or RNN.</param>
    /// <param name="seed">Of the random choice.</param>
    public static RecurrentCase Random(string opType, int seed)
    {
        var draw = new Draw(seed);
        bool Toss() => draw.Int(0, 1) == 0;
        int gates = opType switch { "LSTM" => 4, "GRU" => 3, _ => 1 };
        int steps = draw.Int(1, 6), batch = Toss() ? 1 : draw.Int(2, 30), input = draw.Int(1, 9), hidden = draw.Int(1, 35);
        string direction = (string[])["forward", "reverse", "bidirectional"] is var all ? all[draw.Int(0, 2)] : "";
        int directions = direction == "bidirectional" ? 2 : 1;
        var test = new RecurrentCase(opType, Toss() ? 7 : 17, Toss(), false);
        double weight = 1.5 / Math.Sqrt(hidden);

        Tensor Float(params int[] dims) => draw.Tensor(DataType.Float32, -1, 1, dims);
        test._inputs.Add(Float(steps, batch, input));
        test._inputs.Add(draw.Tensor(DataType.Float32, -weight, weight, directions, gates * hidden, input));
        test._inputs.Add(draw.Tensor(DataType.Float32, -weight, weight, directions, gates * hidden, hidden));
        test._inputs.Add(Toss() ? Float(directions, 2 * gates * hidden) : null);
        test._inputs.Add(Toss() ? draw.Tensor(DataType.Int32, 1, steps, batch) : null);
        test._inputs.Add(Toss() ? Float(directions, batch, hidden) : null);
        if (opType == "LSTM")
        {
            test._inputs.Add(Toss() ? Float(directions, batch, hidden) : null);
            test._inputs.Add(Toss() ? Float(directions, 3 * hidden) : null);
            if (draw.Int(0, 3) == 0) test._attributes.Add(AttributeProto.Of("input_forget", 1L));
        }

        if (opType == "GRU" && Toss()) test._attributes.Add(AttributeProto.Of("linear_before_reset", 1L));
        test._attributes.Add(AttributeProto.Of("hidden_size", (long)hidden));
        test._attributes.Add(AttributeProto.Of("direction", direction));
        if (draw.Int(0, 3) == 0) test._attributes.Add(AttributeProto.Of("clip", 0.4f));
        if (Toss())
        {
            int count = directions * (opType switch { "LSTM" => 3, "GRU" => 2, _ => 1 });
            string[] names = [.. Enumerable.Range(0, count).Select(_ => s_activations[draw.Int(0, s_activations.Length - 1)])];
            test._attributes.Add(AttributeProto.Of("activations", (IEnumerable<string>)names));
            // One number for each activation that has the parameter.
            float[] alpha = [.. names.Where(n => n is "Affine" or "LeakyRelu" or "ThresholdedRelu" or "ScaledTanh" or "HardSigmoid" or "Elu").Select((_, i) => 0.3f + 0.1f * i)];
            float[] beta = [.. names.Where(n => n is "Affine" or "ScaledTanh" or "HardSigmoid").Select((_, i) => 0.4f - 0.1f * i)];
            if (alpha.Length > 0) test._attributes.Add(AttributeProto.Of("activation_alpha", (IEnumerable<float>)alpha));
            if (beta.Length > 0) test._attributes.Add(AttributeProto.Of("activation_beta", (IEnumerable<float>)beta));
        }

        return test;
    }

    /// <summary>The same with the batch as the first axis of X and the states.</summary>
    public RecurrentCase BatchFirst()
    {
        var test = new RecurrentCase(_opType, 17, _known, true);
        test._attributes.AddRange(_attributes);
        test._attributes.Add(AttributeProto.Of("layout", 1L));
        for (int i = 0; i < _inputs.Count; i++) test._inputs.Add(i is 0 or 5 or 6 && _inputs[i] is { } t ? Exchanged(t) : _inputs[i]);
        return test;
    }

    /// <summary>Exchanges the first two axes of an output of the other layout, and of Y the last two of the first three besides.</summary>
    public static Tensor ToBatchFirst(Tensor output) =>
        output.Shape.Rank == 3 ? Exchanged(output) : Transposed(output, [2, 0, 1, 3]);

    public OperatorCase Build()
    {
        var test = new OperatorCase(_opType, _opset).Outputs(Outputs).With([.. _attributes]);
        for (int i = 0; i < _inputs.Count; i++)
            test = i is 0 or 4 or 5 or 6 || !_known ? test.Input(_inputs[i]) : test.Constant(_inputs[i]);
        return test;
    }

    public override string ToString() => $"{_opType}-{_opset} {string.Join(' ', _attributes.Select(a => a.Name))}{(_batchFirst ? " batch first" : "")} {string.Join(' ', _inputs.Select(t => t?.Shape.ToString() ?? "–"))}";

    private static Tensor Exchanged(Tensor t) => Transposed(t, [1, 0, 2]);

    private static Tensor Transposed(Tensor t, int[] permutation)
    {
        int[] dims = Array.ConvertAll(permutation, p => t.Shape[p]), strides = t.Shape.Strides();
        var result = Tensor.Create<float>(new Shape(dims));
        int[] index = new int[dims.Length];
        for (int i = 0; i < t.Count; i++)
        {
            int from = 0;
            for (int d = 0; d < dims.Length; d++) from += index[d] * strides[permutation[d]];
            result.AsSpan<float>()[i] = t.AsSpan<float>()[from];
            for (int d = dims.Length - 1; d >= 0 && ++index[d] == dims[d]; d--) index[d] = 0;
        }

        return result;
    }
}
