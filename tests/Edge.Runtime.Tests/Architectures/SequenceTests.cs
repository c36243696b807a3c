using Edge.Onnx;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;
using Xunit;
using static Edge.Runtime.Tests.Architectures.ExportedModel;

namespace Edge.Runtime.Tests.Architectures;

/// <summary>Recurrent networks and decoders in the words of their exporters, against ONNX Runtime on every kernel set, shape after shape in one session.</summary>
public class SequenceTests
{
    private static Tensor Count(long n) => Tensor.Create<long>(Shape.Scalar, [n]);

    private static AttributeProto Body(ExportedModel body) => AttributeProto.Of("body", body.Graph.BuildGraph());

    /// <summary>A reader of text lines of torch: convolutions, two bidirectional LSTMs with initial states made in the graph.</summary>
    private static ModelProto Crnn()
    {
        const long Width = 12, Hidden = 6;
        ExportedModel m = new(14);
        m.Input("x", "b", 1, 16, "w");
        string x = m.MaxPool(m.Op("Relu", [m.Conv("x", 1, 8, 3)]), 2, 2);
        x = m.MaxPool(m.Op("Relu", [m.Conv(x, 8, Width, 3)]), 8, 1);
        x = m.Transpose(m.Op("Squeeze", [x, m.Ints(2)]), 2, 0, 1);
        for (int layer = 0; layer < 2; layer++)
        {
            string zeros = m.Op("ConstantOfShape", [m.Shape("2", m.Size(x, 1), $"{Hidden}")]);
            string[] y = m.Ops("LSTM", 3, [x, m.Weights(2, 4 * Hidden, Width), m.Weights(2, 4 * Hidden, Hidden), m.Weights(2, 8 * Hidden), "", zeros, zeros],
                AttributeProto.Of("direction", "bidirectional"), AttributeProto.Of("hidden_size", Hidden));
            x = m.Op("Reshape", [m.Transpose(y[0], 0, 2, 1, 3), m.Ints(0, 0, -1)]);
        }

        return m.Build(m.Op("LogSoftmax", [m.Dense(x, 2 * Hidden, 10)], Axis(2)));
    }

    [Fact]
    public void Crnn_with_bidirectional_layers() => EngineComparison.AssertAgreesInTurn(Crnn(),
        [[EngineComparison.Random(1, 1, 1, 16, 40)], [EngineComparison.Random(2, 3, 1, 16, 22)]]);

    /// <summary>An LSTM of Keras that tf2onnx leaves as a while loop: cells written out, outer weights captured, outputs stacked.</summary>
    private static ModelProto KerasLoop()
    {
        const long Hidden = 6;
        ExportedModel m = new(13), body = new(13, "while");
        m.Input("x", "n", "t", 4);
        string steps = m.Transpose("x", 1, 0, 2), kernel = m.Weights(4, 4 * Hidden), recurrent = m.Weights(Hidden, 4 * Hidden), bias = m.Weights(4 * Hidden);
        string batch = m.Slice(m.Op("Shape", ["x"]), m.Ints(0), m.Ints(1), 0), zeros = m.Op("Expand", [m.Float(0), m.Op("Concat", [batch, m.Ints(Hidden)], Axis(0))]);
        string length = m.Op("Cast", [m.Size("x", 1)], AttributeProto.Of("to", (long)DataType.Int32));
        body.Input("i", DataType.Int64);
        body.Input("go", DataType.Bool);
        body.Input("time", DataType.Int32);
        body.Input("h", -1, Hidden);
        body.Input("c", -1, Hidden);
        string now = body.Op("Gather", [steps, "time"], Axis(0));
        string sum = body.Op("Add", [body.Op("Add", [body.Op("MatMul", [now, kernel]), body.Op("MatMul", ["h", recurrent])]), bias]);
        string[] gates = body.Ops("Split", 4, [sum], Axis(1));
        string Gate(int i) => body.Op("Sigmoid", [gates[i]]);
        string cell = body.Op("Add", [body.Op("Mul", [Gate(1), "c"]), body.Op("Mul", [Gate(0), body.Op("Tanh", [gates[2]])])]);
        string hidden = body.Op("Mul", [Gate(3), body.Op("Tanh", [cell])]);
        string next = body.Op("Add", ["time", body.Weights(new[] { 1 })]);
        body.Graph.Output(body.Op("Less", [next, length]), DataType.Bool).Output(next, DataType.Int32)
            .Output(hidden, DataType.Float32, -1, Hidden).Output(cell, DataType.Float32, -1, Hidden).Output(body.Op("Identity", [hidden]));
        string[] last = m.Ops("Loop", 4, ["", m.Weights(new[] { true }), m.Weights(new[] { 0 }), zeros, zeros], Body(body));
        return m.Build(m.Transpose(last[3], 1, 0, 2), last[1]);
    }

    [Fact]
    public void Lstm_of_Keras_as_a_loop() => EngineComparison.AssertAgreesInTurn(KerasLoop(),
        [[EngineComparison.Random(3, 2, 5, 4)], [EngineComparison.Random(4, 1, 60, 4)], [EngineComparison.Random(5, 3, 1, 4)]]);

    /// <summary>Greedy decoding in a Loop: tokens and cache grow with each turn, the encoder's states are captured, an end token ends it.</summary>
    private static ModelProto Greedy()
    {
        const long Width = 16, Words = 20;
        ExportedModel m = new(17), body = new(17, "decode");
        m.Input("encoded", 1, "s", Width);
        m.Input("most", DataType.Int64);
        string words = m.Weights(Words, Width), keys = m.Weights(Width, Width), values = m.Weights(Width, Width), answer = m.Weights(Width, Words);
        string source = m.Transpose(m.Op("MatMul", ["encoded", m.Weights(Width, Width)]), 0, 2, 1);
        body.Input("i", DataType.Int64);
        body.Input("go", DataType.Bool);
        body.Input("tokens", DataType.Int64, 1, "length");
        body.Input("k", 1, "past", Width);
        body.Input("v", 1, "past", Width);
        string x = body.Op("Gather", [words, body.Slice("tokens", body.Ints(-1), body.Ints(long.MaxValue), 1)]);
        string k = body.Op("Concat", ["k", body.Op("MatMul", [x, keys])], Axis(1)), v = body.Op("Concat", ["v", body.Op("MatMul", [x, values])], Axis(1));
        string Attend(string to, string of) =>
            body.Op("MatMul", [body.Softmax(body.Op("Mul", [body.Op("MatMul", [body.Op("MatMul", [x, body.Weights(Width, Width)]), to]), body.Float(0.25)])), of]);
        x = body.LayerNorm(body.Op("Add", [x, Attend(body.Transpose(k, 0, 2, 1), v)]), Width);
        x = body.Op("Add", [x, Attend(source, "encoded")]);
        string logits = body.Op("MatMul", [x, answer]), token = body.Op("ArgMax", [logits], Axis(-1), AttributeProto.Of("keepdims", 0L));
        body.Graph.Output(body.Op("Not", [body.Op("Equal", [body.Op("Squeeze", [token]), body.Int(3)])]), DataType.Bool)
            .Output(body.Op("Concat", ["tokens", token], Axis(1)), DataType.Int64, 1, "longer")
            .Output(k, DataType.Float32, 1, "more", Width).Output(v, DataType.Float32, 1, "more", Width)
            .Output(body.Op("ReduceMax", [logits], AttributeProto.Of("keepdims", 0L)), DataType.Float32);
        string empty = m.Op("ConstantOfShape", [m.Ints(1, 0, Width)]);
        string[] last = m.Ops("Loop", 4, ["most", m.Weights(new[] { true }), m.Weights(new[] { 1L }, 1, 1), empty, empty], Body(body));
        return m.Build(last[0], last[1], last[3]);
    }

    [Fact]
    public void Greedy_decoding_with_a_growing_cache() => EngineComparison.AssertAgreesInTurn(Greedy(),
        [[EngineComparison.Random(6, 1, 5, 16), Count(12)], [EngineComparison.Random(7, 1, 9, 16), Count(30)], [EngineComparison.Random(8, 1, 2, 16), Count(0)]]);

    /// <summary>A cell that keeps its state outside: one chunk a run, the states of each run fed to the next.</summary>
    private static ModelProto Streamed()
    {
        ExportedModel m = new(16);
        m.Input("x", 1, 4, 6);
        m.Input("h", 1, 1, 8);
        m.Input("c", 1, 1, 8);
        string[] y = m.Ops("LSTM", 3, [m.Transpose("x", 1, 0, 2), m.Weights(1, 32, 6), m.Weights(1, 32, 8), m.Weights(1, 64), "", "h", "c"], AttributeProto.Of("hidden_size", 8L));
        return m.Build(m.Op("Sigmoid", [m.Dense(m.Op("Squeeze", [y[0], m.Ints(1)]), 8, 2)]), y[1], y[2]);
    }

    [Fact]
    public void States_fed_back_for_many_steps_agree()
    {
        var proto = Streamed();
        using var oracle = OnnxRuntime.OnnxRuntimeSession.Load(EngineComparison.Bytes(proto), "streamed");
        using var session = new InferenceSession(Model.FromProto(proto, "streamed"));
        Tensor[] ours = [EngineComparison.Random(9, 1, 4, 6), EngineComparison.Random(10, 1, 1, 8), EngineComparison.Random(11, 1, 1, 8)], theirs = [.. ours];
        for (int step = 0; step < 60; step++)
        {
            ours[0] = theirs[0] = EngineComparison.Random(100 + step, 1, 4, 6);
            var expected = oracle.Run(theirs);
            var actual = session.Run(ours);
            for (int i = 0; i < expected.Count; i++) Operators.TensorAssert.Close(expected[i], actual[i], 0, 1e-5, 0);
            for (int i = 1; i < 3; i++) (ours[i], theirs[i]) = (actual[i].Clone(), expected[i].Clone());
        }
    }
}
