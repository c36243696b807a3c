using Edge.Onnx;
using Edge.Runtime.Tests.Sessions;
using Xunit;

namespace Edge.Runtime.Tests.Passes.Patterns;

public class AttentionPatternTests
{
    private const int Length = 5, Heads = 2, Size = 4;

    private static AttributeProto Perm(params long[] perm) => AttributeProto.Of("perm", perm);

    private static string Softmax(WrittenOut g, string scores, long axis = -1) => g.Node("Softmax", [scores], AttributeProto.Of("axis", axis));

    /// <summary>Rows of heads side by side, divided: <c>[batch, heads, length, size]</c>, or as <paramref name="perm"/> says.</summary>
    private static string Divided(WrittenOut g, string x, params long[] perm) =>
        g.Node("Transpose", [g.Node("Reshape", [x, g.Ints(2, Length, Heads, Size)])], Perm(perm));

    private static string Merged(WrittenOut g, string y) => g.Node("Reshape", [g.Node("Transpose", [y], Perm(0, 2, 1, 3)), g.Ints(2, Length, Heads * Size)]);

    private static (WrittenOut, string K, string V) Rows()
    {
        var g = new WrittenOut(17, 2, Length, Heads * Size);
        return (g, g.Input("k", EngineComparison.Random(8, 2, Length, Heads * Size)), g.Input("w", EngineComparison.Random(9, 2, Length, Heads * Size)));
    }

    [Theory]
    [InlineData("divided behind")]
    [InlineData("multiplied behind")]
    [InlineData("on the queries")]
    [InlineData("on both")]
    [InlineData("nowhere")]
    public void Heads_are_read_and_written_undivided_wherever_the_scale_stands(string scale)
    {
        var (g, k, v) = Rows();
        string q = Divided(g, "x", 0, 2, 1, 3), kt = Divided(g, k, 0, 2, 3, 1);
        if (scale == "on the queries") q = g.Node("Mul", [q, g.Scalar(0.5f)]);
        if (scale == "on both") (q, kt) = (g.Node("Mul", [q, g.Scalar(0.7f)]), g.Node("Mul", [g.Scalar(0.7f), kt]));
        string s = g.Node("MatMul", [q, kt]);
        if (scale == "divided behind") s = g.Node("Div", [s, g.Scalar(2)]);
        if (scale == "multiplied behind") s = g.Node("Mul", [g.Scalar(0.5f), s]);
        g.Becomes([Merged(g, g.Node("MatMul", [Softmax(g, s), Divided(g, v, 0, 2, 1, 3)]))], "Attention");
    }

    [Fact]
    public void Keys_transposed_in_two_steps_are_read_where_they_are()
    {
        var (g, k, v) = Rows();
        string kt = g.Node("Transpose", [Divided(g, k, 0, 2, 1, 3)], Perm(0, 1, 3, 2));
        string s = g.Node("MatMul", [Divided(g, "x", 0, 2, 1, 3), kt]);
        g.Becomes([Merged(g, g.Node("MatMul", [Softmax(g, s), Divided(g, v, 0, 2, 1, 3)]))], "Attention");
    }

    [Theory]
    [InlineData(new[] { 2, 1, 1, Length })]
    [InlineData(new[] { Length, Length })]
    [InlineData(new[] { 1, Heads, Length, Length })]
    public void A_mask_is_added_behind_the_scale(int[] shape)
    {
        var (g, k, v) = Rows();
        string mask = g.Input("mask", EngineComparison.Random(3, shape));
        string s = g.Node("Div", [g.Node("MatMul", [Divided(g, "x", 0, 2, 1, 3), Divided(g, k, 0, 2, 3, 1)]), g.Scalar(2)]);
        g.Becomes([Merged(g, g.Node("MatMul", [Softmax(g, g.Node("Add", [mask, s])), Divided(g, v, 0, 2, 1, 3)]))], "Attention");
    }

    /// <summary>From operator set 24 on Attention reads it as the mask of the first key alone.</summary>
    [Fact]
    public void A_mask_that_is_repeated_for_all_keys_stays_outside()
    {
        var g = new WrittenOut(24, 1, Heads, Length, Size);
        string k = g.Input("k", EngineComparison.Random(8, 1, Heads, Size, Length)), v = g.Input("w", EngineComparison.Random(9, 1, Heads, Length, Size));
        string mask = g.Input("mask", EngineComparison.Random(3, Length, 1));
        g.Becomes([g.Node("MatMul", [Softmax(g, g.Node("Add", [g.Node("MatMul", ["x", k]), mask])), v])], "MatMul", "Add", "Softmax", "MatMul");
    }

    [Fact]
    public void A_scale_behind_the_mask_is_another_function()
    {
        var (g, k, v) = Rows();
        string s = g.Node("MatMul", [Divided(g, "x", 0, 2, 1, 3), Divided(g, k, 0, 2, 3, 1)]);
        string masked = g.Node("Div", [g.Node("Add", [s, g.Constant(3, Length, Length)]), g.Scalar(2)]);
        g.Becomes([g.Node("MatMul", [Softmax(g, masked), Divided(g, v, 0, 2, 1, 3)])],
            "Transpose", "Transpose", "MatMul", "Add", "Div", "Softmax", "Transpose", "MatMul");
    }

    [Fact]
    public void Heads_that_come_divided_stay_so()
    {
        var g = new WrittenOut(17, 1, Heads, Length, Size);
        string k = g.Input("k", EngineComparison.Random(8, 1, Heads, 7, Size)), v = g.Input("w", EngineComparison.Random(9, 1, Heads, 7, 3));
        string s = g.Node("MatMul", ["x", g.Node("Transpose", [k], Perm(0, 1, 3, 2))]);
        g.Becomes([g.Node("MatMul", [Softmax(g, s, 3), v])], "Attention");
    }

    [Fact]
    public void Batches_of_matrices_are_attention_with_one_head()
    {
        var g = new WrittenOut(17, 6, Length, Size);
        string k = g.Input("k", EngineComparison.Random(8, 6, 7, Size)), v = g.Input("w", EngineComparison.Random(9, 6, 7, Size));
        string s = g.Node("MatMul", [g.Node("Mul", ["x", g.Scalar(0.5f)]), g.Node("Transpose", [k], Perm(0, 2, 1))]);
        g.Becomes([g.Node("MatMul", [Softmax(g, g.Node("Add", [s, g.Constant(3, 6, Length, 7)])), v])], "Attention");
    }

    [Fact]
    public void Queries_keys_and_values_of_one_product_are_taken_apart_once()
    {
        var g = new WrittenOut(17, 2, Length, 3 * Heads * Size);
        string r = g.Node("Transpose", [g.Node("Reshape", ["x", g.Ints(2, Length, 3, Heads, Size)])], Perm(2, 0, 3, 1, 4));
        string Part(long i) => g.Node("Gather", [r, g.Index(i)], AttributeProto.Of("axis", 0L));
        string s = g.Node("MatMul", [Part(0), g.Node("Transpose", [Part(1)], Perm(0, 1, 3, 2))]);
        g.Becomes([Merged(g, g.Node("MatMul", [Softmax(g, s), Part(2)]))], "Move", "Move", "Move", "Attention");
    }

    [Theory]
    [InlineData("axis")]
    [InlineData("weights returned")]
    [InlineData("shared keys")]
    public void What_is_no_plain_attention_stays_written_out(string what)
    {
        int keyHeads = what == "shared keys" ? 1 : Heads;
        var g = new WrittenOut(17, 1, Heads, Length, Size);
        string k = g.Input("k", EngineComparison.Random(8, 1, keyHeads, Size, Length)), v = g.Input("w", EngineComparison.Random(9, 1, keyHeads, Length, Size));
        string p = Softmax(g, g.Node("MatMul", ["x", k]), what == "axis" ? 2 : 3), y = g.Node("MatMul", [p, v]);
        g.Becomes(what == "weights returned" ? [y, p] : [y], "MatMul", "Softmax", "MatMul");
    }
}
