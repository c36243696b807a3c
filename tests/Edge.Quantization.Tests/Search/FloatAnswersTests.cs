using Edge.Onnx;
using Edge.Quantization.Search;
using Edge.Runtime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.Search;

/// <summary>The float model runs once for each sample whose answer fits into memory, and each time for the others.</summary>
public class FloatAnswersTests
{
    [Theory]
    [InlineData(8, 1)]
    [InlineData(3_000_000, 2)]
    public void Answers_that_fit_are_kept(int values, int sessions)
    {
        int opened = 0;
        ModelProto model = new OnnxGraphBuilder().Input("x", DataType.Float32, values).Node("Neg", ["x"], ["y"]).Output("y", DataType.Float32, values).Build();
        var answers = new FloatAnswers(() => model, (m, name) =>
        {
            opened++;
            return Oracle.Factory(m, name);
        });
        for (int pass = 0; pass < 2; pass++)
        {
            using FloatAnswers.Pass p = answers.Begin();
            for (int i = 0; i < 4; i++)
            {
                Tensor x = Tensor.Create<float>(new Shape(values));
                x.AsSpan<float>().Fill(i + 1);
                Assert.Equal(-(i + 1f), p.Of(i, [x])[0].AsSpan<float>()[values - 1]);
            }
        }
        Assert.Equal(sessions, opened);
    }
}
