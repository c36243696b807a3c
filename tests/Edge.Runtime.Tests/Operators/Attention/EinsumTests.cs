using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Attention;

public class EinsumTests
{
    private const double Close = 2e-5;

    public static TheoryData<string, int[][]> Equations { get; } = new()
    {
        { "ij->ji", [[3, 5]] },
        { "ij->", [[3, 5]] },
        { "ijk->ik", [[3, 5, 4]] },
        { "ii->i", [[4, 4]] },
        { "ii", [[4, 4]] },
        { "iji->j", [[4, 3, 4]] },
        { "...ii->...i", [[2, 3, 4, 4]] },
        { "i,i", [[7], [7]] },
        { "i,j->ij", [[7], [19]] },
        { "i,j->ji", [[7], [19]] },
        { "ij,jk", [[3, 5], [5, 20]] },
        { "ij,jk->ki", [[3, 5], [5, 20]] },
        { "ij,kj->ik", [[3, 17], [20, 17]] },
        { "ba,bc->ac", [[6, 3], [6, 4]] },
        { "bij,bjk->bik", [[4, 2, 3], [4, 3, 5]] },
        { "bhqd,bhkd->bhqk", [[2, 3, 7, 8], [2, 3, 9, 8]] },
        { "bqhd,bkhd->bhqk", [[2, 7, 3, 8], [2, 9, 3, 8]] },
        { "bhqk,bkhd->bqhd", [[2, 3, 7, 9], [2, 9, 3, 8]] },
        { "abc,cde->abde", [[2, 5, 12], [12, 3, 4]] },
        { "bsd,dhk->bhsk", [[2, 5, 12], [12, 3, 4]] },
        { "dhk,bsd->bshk", [[12, 3, 4], [2, 5, 12]] },
        { "bi,bi->b", [[5, 33], [5, 33]] },
        { "bi,bi->bi", [[5, 33], [5, 33]] },
        { "bij,bi->bij", [[2, 3, 4], [2, 3]] },
        { "ijk,jil->kl", [[3, 4, 5], [4, 3, 6]] },
        { "ik,jkl,il->ij", [[3, 4], [5, 4, 6], [3, 6]] },
        { "i,j,k->kji", [[3], [4], [5]] },
        { "...ij,...jk->...ik", [[2, 3, 4, 5], [1, 3, 5, 6]] },
        { "i...,j...->ij...", [[2, 3, 4], [5, 3, 4]] },
        { "b i j , b j k -> b i k", [[4, 2, 3], [4, 3, 5]] },
        { "Bi,bi->Bb", [[3, 4], [5, 4]] },
        { "i->i", [[5]] },
        { "ijk,k->ij", [[1, 3, 4], [4]] },
    };

    [Theory]
    [MemberData(nameof(Equations))]
    public void An_equation_agrees_with_ONNX_Runtime(string equation, int[][] dims)
    {
        var draw = new Draw(equation.Length);
        for (int constants = 0; constants < 1 << dims.Length; constants += dims.Length > 2 ? 3 : 1)
        {
            var test = new OperatorCase("Einsum", 12).With(AttributeProto.Of("equation", equation));
            for (int i = 0; i < dims.Length; i++) test = (constants >> i & 1) != 0 ? test.Constant(draw.Float(dims[i])) : test.Input(draw.Float(dims[i]));
            test.EverywhereWithOnnxRuntime(Close, Close * 20);
        }

        foreach (DataType type in (DataType[])[DataType.Float64, DataType.Int32, DataType.Int64])
        {
            var test = new OperatorCase("Einsum", 12).With(AttributeProto.Of("equation", equation));
            foreach (int[] d in dims) test.Input(draw.Tensor(type, -4, 4, d));
            test.EverywhereWithOnnxRuntime(1e-12, 1e-12);
        }
    }

    [Theory]
    [InlineData("ij,jk->ik", new[] { 1, 3 }, new[] { 4, 5 })]
    [InlineData("ij,ij->ij", new[] { 1, 3 }, new[] { 4, 1 })]
    [InlineData("...i,...i->...", new[] { 2, 1, 3 }, new[] { 1, 4, 3 })]
    [InlineData("...ij,...jk->...ik", new[] { 2, 3, 4, 5 }, new[] { 3, 5, 6 })]
    public void Axes_of_one_element_broadcast(string equation, int[] a, int[] b)
    {
        // As numpy; ONNX Runtime refuses it for named labels. In double it is a plain loop, whose result is held to the chain's.
        if (equation.StartsWith("ij,jk", StringComparison.Ordinal)) a = [a[1], a[0]];
        var draw = new Draw(2);
        Tensor x = draw.Float(a), y = draw.Float(b);
        Tensor Wide(Tensor t) => Tensor.Create<double>(t.Shape, Array.ConvertAll(t.AsSpan<float>().ToArray(), v => (double)v));
        Tensor chain = new OperatorCase("Einsum", 12).Input(x).Input(y).With(AttributeProto.Of("equation", equation)).Run()[0];
        Tensor loop = new OperatorCase("Einsum", 12).Input(Wide(x)).Input(Wide(y)).With(AttributeProto.Of("equation", equation)).Run()[0];
        Assert.Equal(loop.Shape, chain.Shape);
        for (int i = 0; i < loop.Count; i++) Assert.Equal(loop.AsSpan<double>()[i], chain.AsSpan<float>()[i], 1e-4);
    }

    [Fact]
    public void A_sum_over_nothing_is_zero() => new OperatorCase("Einsum", 12).Input(Tensor.Create<float>(new Shape(3, 0))).Input(Tensor.Create<float>(new Shape(0, 2)))
        .With(AttributeProto.Of("equation", "ij,jk->ik")).EverywhereWith([Tensor.Create<float>(new Shape(3, 2))]);

    [Fact]
    public void An_intermediate_that_no_tensor_holds_is_refused()
    {
        Tensor x = Tensor.Create<float>(new Shape(1 << 11, 1 << 5));
        Assert.Contains("operands 0 to 1 leave 4294967296 elements",
            new OperatorCase("Einsum", 12).Input(x).Input(x).Input(Tensor.Create<float>(new Shape(1))).With(AttributeProto.Of("equation", "ab,cd,e->abcd")).Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ij,jk->ik", "has 2 operands; 1 are given")]
    [InlineData("ijk->i", "'ijk' does not fit operand 0 [2,3]")]
    [InlineData("ij->k", "the result has a label that no operand has")]
    [InlineData("ij->ii", "the result has a label twice")]
    [InlineData("i.j->i", "'i.j' is malformed")]
    [InlineData("i1->i", "'i1' is malformed")]
    [InlineData("ij->i->j", "has more than one '->'")]
    [InlineData("ii->i", "operand 0 [2,3] has 3 where another has 2")]
    public void A_malformed_equation_is_refused(string equation, string message) => Assert.Contains(message,
        new OperatorCase("Einsum", 12).Input(Tensor.Create<float>(new Shape(2, 3))).With(AttributeProto.Of("equation", equation)).Refusal(), StringComparison.Ordinal);
}
