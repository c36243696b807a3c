using Edge.Onnx;
using Edge.Runtime.Tests.Passes.Patterns;
using Edge.Runtime.Tests.Sessions;
using Xunit;

namespace Edge.Runtime.Tests.Planning;

/// <summary>Parts that lie in a whole without being copied: that they do, and that nobody writes over what another still reads.</summary>
public class SharedStorageTests
{
    private static AttributeProto Axis(long axis) => AttributeProto.Of("axis", axis);

    private static string[] Halves(WrittenOut g, string x, long axis = 0) => g.Nodes("Split", [x, g.Ints(2, 2)], 2, Axis(axis));

    private static string Join(WrittenOut g, params string[] parts) => g.Node("Concat", parts, Axis(0));

    [Fact]
    public void Parts_along_the_outermost_axis_are_read_in_place()
    {
        var g = new WrittenOut(17, 4, 5);
        string[] p = Halves(g, g.Node("Exp", ["x"]));
        g.Becomes([g.Node("Neg", [p[0]]), g.Node("Sqrt", [p[1]])], "Exp", "Neg", "Sqrt");
    }

    [Fact]
    public void Axes_of_one_before_it_do_not_matter()
    {
        var g = new WrittenOut(17, 1, 4, 5);
        string[] p = Halves(g, g.Node("Exp", ["x"]), 1);
        g.Becomes([g.Node("Neg", [p[0]]), g.Node("Sqrt", [p[1]])], "Exp", "Neg", "Sqrt");
    }

    [Fact]
    public void Parts_along_an_inner_axis_are_copied()
    {
        var g = new WrittenOut(17, 2, 4, 5);
        string[] p = Halves(g, g.Node("Exp", ["x"]), 1);
        g.Becomes([g.Node("Neg", [p[0]]), g.Node("Sqrt", [p[1]])], "Exp", "Split", "Neg", "Sqrt");
    }

    [Fact]
    public void A_slice_of_the_callers_tensor_is_read_there()
    {
        var g = new WrittenOut(17, 7, 5);
        string s = g.Node("Slice", ["x", g.Ints(3), g.Ints(5)]);
        g.Becomes([g.Node("Exp", [g.Node("Slice", [s, g.Ints(1), g.Ints(2)])])], "Exp");
    }

    [Fact]
    public void A_slice_with_steps_is_copied()
    {
        var g = new WrittenOut(17, 7, 5);
        g.Becomes([g.Node("Exp", [g.Node("Slice", ["x", g.Ints(0), g.Ints(7), g.Ints(0), g.Ints(2)])])], "Slice", "Exp");
    }

    [Fact]
    public void One_row_that_is_gathered_is_read_in_place()
    {
        var g = new WrittenOut(17, 7, 5);
        g.Becomes([g.Node("Neg", [g.Node("Gather", [g.Node("Exp", ["x"]), g.Index(-2)], Axis(0))])], "Exp", "Neg");
    }

    [Fact]
    public void A_step_that_could_overwrite_a_part_leaves_the_others_alone()
    {
        var g = new WrittenOut(17, 4, 5);
        string e = g.Node("Exp", ["x"]);
        string[] p = Halves(g, e);
        string a = g.Node("Neg", [p[0]]), b = g.Node("Relu", [a]), c = g.Node("Relu", [p[1]]);
        g.Becomes([g.Node("Add", [g.Node("Neg", [b]), g.Node("Add", [c, p[0]])])], "Exp", "Neg", "Relu", "Relu", "Neg", "Add", "Add");
    }

    [Fact]
    public void A_part_that_the_model_returns_is_copied_out()
    {
        var g = new WrittenOut(17, 4, 5);
        string e = g.Node("Exp", ["x"]);
        string[] p = Halves(g, e);
        g.Becomes([p[1], g.Node("Neg", [p[0]]), e, p[0]], "Exp", "Neg", "Copy", "Copy");
    }

    [Fact]
    public void What_is_concatenated_is_written_in_its_place()
    {
        var g = new WrittenOut(17, 4, 5);
        string flat = g.Node("Relu", [g.Node("Reshape", ["x", g.Ints(20)])]);
        string y = Join(g, g.Node("Exp", ["x"]), g.Node("Neg", ["x"]), g.Node("Reshape", [flat, g.Ints(4, 5)]));
        g.Becomes([g.Node("Sqrt", [g.Node("Abs", [y])])], "Relu", "Exp", "Neg", "Abs", "Sqrt");
    }

    [Fact]
    public void What_is_concatenated_and_returned_is_written_to_the_callers_memory()
    {
        var g = new WrittenOut(17, 4, 5);
        g.Becomes([Join(g, g.Node("Exp", ["x"]), g.Node("Neg", ["x"]))], "Exp", "Neg");
    }

    [Theory]
    [InlineData("twice")]
    [InlineData("input")]
    [InlineData("constant")]
    [InlineData("returned")]
    [InlineData("part of another")]
    public void What_cannot_be_written_in_its_place_is_copied_there(string what)
    {
        var g = new WrittenOut(17, 4, 5);
        string e = g.Node("Exp", ["x"]), n = g.Node("Neg", ["x"]);
        string other = what switch
        {
            "twice" => e,
            "input" => "x",
            "constant" => g.Constant(3, 2, 5),
            "returned" => n,
            _ => Halves(g, n)[1],
        };
        string y = Join(g, e, other), z = g.Node("Abs", [n]);
        string[] outputs = what == "returned" ? [y, n, z] : [y, z];
        g.Becomes(outputs, "Exp", "Neg", "Concat", "Abs");
    }

    [Fact]
    public void A_part_read_after_the_whole_is_not_overwritten_with_it()
    {
        var g = new WrittenOut(17, 4, 5);
        string e = g.Node("Exp", ["x"]), y = g.Node("Neg", [Join(g, e, g.Node("Relu", ["x"]))]);
        g.Becomes([g.Node("Sqrt", [g.Node("Abs", [y])]), g.Node("Tanh", [e])], "Exp", "Relu", "Neg", "Abs", "Sqrt", "Tanh");
    }

    [Fact]
    public void Concatenations_of_concatenations_are_written_once()
    {
        var g = new WrittenOut(17, 4, 5);
        string a = Join(g, "x", g.Node("Exp", ["x"])), b = Join(g, a, g.Node("Neg", [a])), c = Join(g, b, g.Node("Relu", [b]));
        g.Becomes([g.Node("Abs", [c])], "Exp", "Concat", "Neg", "Relu", "Abs");
    }

    [Fact]
    public void A_whole_is_not_kept_for_a_part_of_it_where_that_takes_much_more_memory()
    {
        // Two large values live at once; kept for its first row, the first of them would be a third.
        var g = new WrittenOut(17, 64, 64);
        string e = g.Node("Exp", ["x"]), row = g.Node("Slice", [e, g.Ints(0), g.Ints(1)]);
        string w = g.Constant(1, 64, 64), m = g.Node("MatMul", [g.Node("MatMul", [g.Node("MatMul", [e, w]), w]), w]);
        g.Becomes(1e-4, [g.Node("ReduceMax", [m]), g.Node("Neg", [row])], "Exp", "Move", "MatMul", "MatMul", "MatMul", "ReduceMax", "Neg");
    }

    /// <summary>Graphs of elementwise steps, parts and concatenations, of which any value may be returned.</summary>
    [Fact]
    public void Graphs_of_any_kind_give_what_their_operators_give()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var g = new WrittenOut(17, 4, 3);
            List<(string Name, int Rows)> values = [("x", 4), (g.Input("z", EngineComparison.Random(seed, 6, 3)), 6)];
            for (int n = random.Next(3, 12); n > 0; n--) Step(g, random, values);
            var made = values.Skip(2).Select(v => v.Name).ToArray();
            g.Agrees([.. made.Where((_, i) => i == made.Length - 1 || random.Next(4) == 0)]);
        }
    }

    private static void Step(WrittenOut g, Random random, List<(string Name, int Rows)> values)
    {
        var (x, rows) = values[random.Next(values.Count)];
        switch (random.Next(5))
        {
            case 0 when rows > 1:
                int first = random.Next(1, rows);
                string[] parts = g.Nodes("Split", [x, g.Ints(first, rows - first)], 2, Axis(0));
                values.AddRange([(parts[0], first), (parts[1], rows - first)]);
                break;
            case 1 or 2 when rows < 30:
                var (y, more) = values[random.Next(values.Count)];
                values.Add((Join(g, x, y), rows + more));
                break;
            case 3 when values.Where(v => v.Rows == rows).ToArray() is var like:
                values.Add((g.Node("Add", [x, like[random.Next(like.Length)].Name]), rows));
                break;
            default:
                values.Add((g.Node(random.Next(2) == 0 ? "Relu" : "Neg", [x]), rows));
                break;
        }
    }
}
