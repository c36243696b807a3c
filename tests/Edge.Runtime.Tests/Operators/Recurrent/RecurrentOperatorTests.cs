using Edge.Kernels;
using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Recurrent;

public class RecurrentOperatorTests
{
    /// <summary>Steps multiply differences of the last bits.</summary>
    private const double Close = 3e-5;

    public static IEnumerable<TheoryDataRow<string, int>> Seeds(int count) =>
        Enumerable.Range(1, count).SelectMany(i => ((string[])["LSTM", "GRU", "RNN"]).Select(op => new TheoryDataRow<string, int>(op, i)));

    [Theory]
    [MemberData(nameof(Seeds), 40)]
    public void A_random_node_agrees_with_ONNX_Runtime(string opType, int seed)
    {
        var test = RecurrentCase.Random(opType, seed);
        TestContext.Current.TestOutputHelper?.WriteLine(test.ToString());
        test.Build().EverywhereWithOnnxRuntime(Close, Close);
    }

    /// <summary>ONNX Runtime refuses layout 1; ours is held against layout 0.</summary>
    [Theory]
    [MemberData(nameof(Seeds), 10)]
    public void The_batch_may_be_the_first_axis(string opType, int seed)
    {
        var test = RecurrentCase.Random(opType, seed);
        var expected = test.Build().Run();
        var actual = test.BatchFirst().Build().Run();
        for (int i = 0; i < expected.Count; i++) TensorAssert.Close(RecurrentCase.ToBatchFirst(expected[i]), actual[i], Close, Close, 0);
    }

    [Theory]
    [InlineData("LSTM")]
    [InlineData("GRU")]
    [InlineData("RNN")]
    public void Threads_do_not_change_a_bit(string opType)
    {
        var draw = new Draw(3);
        int gates = opType switch { "LSTM" => 4, "GRU" => 3, _ => 1 };
        var test = new OperatorCase(opType).Outputs(2).With(AttributeProto.Of("direction", "bidirectional"))
            .Input(draw.Float(20, 29, 7)).Constant(draw.Tensor(DataType.Float32, -0.1, 0.1, 2, gates * 65, 7)).Constant(draw.Tensor(DataType.Float32, -0.1, 0.1, 2, gates * 65, 65));
        foreach (KernelSet set in KernelCatalog.Available)
        {
            var one = test.Run(set.Name, threads: 1);
            var three = test.Run(set.Name, threads: 3);
            for (int i = 0; i < one.Count; i++) TensorAssert.SameBits(one[i], three[i], set.Name);
        }
    }

    [Fact]
    public void A_sequence_of_no_steps_keeps_its_initial_state()
    {
        var draw = new Draw(4);
        Tensor h = draw.Float(1, 2, 3), lengths = Tensor.Create<int>(new Shape(2), [0, 2]);
        var outputs = new OperatorCase("GRU").Outputs(2).Input(draw.Float(2, 2, 5)).Constant(draw.Float(1, 9, 5)).Constant(draw.Float(1, 9, 3)).Input(null).Input(lengths).Input(h).Run();
        Assert.Equal(h.AsSpan<float>()[..3].ToArray(), outputs[1].AsSpan<float>()[..3].ToArray());
        Assert.All(Enumerable.Range(0, 2), t => Assert.Equal([0f, 0f, 0f], outputs[0].AsSpan<float>().Slice(t * 6, 3).ToArray()));
    }

    [Fact]
    public void No_steps_at_all_leave_the_initial_state()
    {
        var draw = new Draw(5);
        Tensor h = draw.Float(1, 2, 3);
        var outputs = new OperatorCase("RNN").Outputs(2).Input(Tensor.Create<float>(new Shape(0, 2, 5))).Constant(draw.Float(1, 3, 5)).Constant(draw.Float(1, 3, 3)).Input(null).Input(null).Input(h).Run();
        Assert.Equal(new Shape(0, 1, 2, 3), outputs[0].Shape);
        TensorAssert.SameBits(h, outputs[1], "Y_h");
    }

    [Fact]
    public void No_sequences_at_all_are_no_work()
    {
        var draw = new Draw(6);
        var outputs = new OperatorCase("LSTM").Outputs(3).Input(Tensor.Create<float>(new Shape(4, 0, 5))).Constant(draw.Float(1, 12, 5)).Constant(draw.Float(1, 12, 3)).Run();
        Assert.Equal([new Shape(4, 1, 0, 3), new Shape(1, 0, 3), new Shape(1, 0, 3)], outputs.Select(o => o.Shape));
    }

    [Fact]
    public void What_does_not_fit_is_refused_by_name()
    {
        Tensor x = Tensor.Create<float>(new Shape(2, 3, 4)), w = Tensor.Create<float>(new Shape(1, 20, 4)), r = Tensor.Create<float>(new Shape(1, 20, 5));
        OperatorCase Case(string name, AttributeProto? attribute = null)
        {
            var test = new OperatorCase(name).Outputs(2).Input(x).Constant(w).Constant(r);
            return attribute is null ? test : test.With(attribute);
        }

        Assert.Equal("LSTM 'LSTM_0': direction 'sideways' is not supported; supported: forward, reverse, bidirectional", Case("LSTM", AttributeProto.Of("direction", "sideways")).Refusal());
        Assert.Equal("LSTM 'LSTM_0': input 1 'x1' of shape [1,20,4] does not fit; it must be [2,20,4]", Case("LSTM", AttributeProto.Of("direction", "bidirectional")).Refusal());
        Assert.Equal("GRU 'GRU_0': input 1 'x1' of shape [1,20,4] does not fit; it must be [1,15,4]", Case("GRU").Refusal());
        Assert.Equal("LSTM 'LSTM_0': hidden_size is 6, but R [1,20,5] is for 5", Case("LSTM", AttributeProto.Of("hidden_size", 6L)).Refusal());
        Assert.Equal("LSTM 'LSTM_0': clip 0 is not supported; supported: numbers above 0", Case("LSTM", AttributeProto.Of("clip", 0f)).Refusal());
        Assert.Equal("LSTM 'LSTM_0': layout 2 is not supported; supported: 0, 1", Case("LSTM", AttributeProto.Of("layout", 2L)).Refusal());
        Assert.Contains("2 activations do not fit 1 direction; 3 are needed", Case("LSTM", AttributeProto.Of("activations", (IEnumerable<string>)["Relu", "Tanh"])).Refusal(), StringComparison.Ordinal);
        Assert.Contains("activation 'Gelu' is not supported; supported: Relu, Tanh, Sigmoid", Case("LSTM", AttributeProto.Of("activations", (IEnumerable<string>)["Gelu", "Tanh", "Tanh"])).Refusal(), StringComparison.Ordinal);
        Tensor lengths = Tensor.Create<int>(new Shape(3), [1, 3, 2]);
        Assert.Equal("LSTM 'LSTM_0': sequence_lens has 3, which is outside [0, 2]", Case("LSTM").Input(null).Input(lengths).Refusal());
    }
}
