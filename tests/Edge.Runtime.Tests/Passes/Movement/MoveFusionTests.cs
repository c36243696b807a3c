using Edge.Onnx;
using Edge.Runtime.Tests.Passes.Patterns;
using Xunit;

namespace Edge.Runtime.Tests.Passes.Movement;

public class MoveFusionTests
{
    private static AttributeProto Perm(params long[] perm) => AttributeProto.Of("perm", perm);

    private static AttributeProto Axis(long axis) => AttributeProto.Of("axis", axis);

    [Fact]
    public void Transpositions_one_behind_the_other_are_one_copy()
    {
        var g = new WrittenOut(17, 2, 3, 4, 5);
        g.Becomes([g.Node("Exp", [g.Node("Transpose", [g.Node("Transpose", ["x"], Perm(0, 2, 3, 1))], Perm(3, 0, 1, 2))])], "Move", "Exp");
    }

    [Fact]
    public void A_transposition_and_its_inverse_are_nothing()
    {
        var g = new WrittenOut(17, 2, 3, 4, 5);
        g.Becomes([g.Node("Exp", [g.Node("Transpose", [g.Node("Transpose", ["x"], Perm(2, 0, 3, 1))], Perm(1, 3, 0, 2))])], "Exp");
    }

    [Fact]
    public void A_reshape_that_keeps_the_transposed_axes_apart_does_not_stand_between()
    {
        var g = new WrittenOut(17, 2, 3, 4, 6);
        string t = g.Node("Transpose", ["x"], Perm(0, 3, 1, 2));
        string r = g.Node("Reshape", [t, g.Ints(2, 2, 3, 12)]);
        g.Becomes([g.Node("Exp", [g.Node("Transpose", [r], Perm(0, 3, 1, 2))])], "Exp");
    }

    [Fact]
    public void A_reshape_that_mixes_the_transposed_axes_needs_the_copy_before_it()
    {
        var g = new WrittenOut(17, 3, 4);
        string r = g.Node("Reshape", [g.Node("Transpose", ["x"], Perm(1, 0)), g.Ints(2, 6)]);
        g.Becomes([g.Node("Exp", [g.Node("Transpose", [r], Perm(1, 0))])], "Transpose", "Transpose", "Exp");
    }

    [Fact]
    public void Slices_of_slices_are_one_slice()
    {
        var g = new WrittenOut(17, 4, 9);
        string a = g.Node("Slice", ["x", g.Ints(1), g.Ints(9), g.Ints(1), g.Ints(2)]);
        string b = g.Node("Slice", [a, g.Ints(-1), g.Ints(-9), g.Ints(1), g.Ints(-1)]);
        g.Becomes([g.Node("Exp", [b])], "Move", "Exp");
    }

    [Fact]
    public void Queries_keys_and_values_are_read_where_the_product_wrote_them()
    {
        var g = new WrittenOut(17, 1, 5, 24);
        string r = g.Node("Reshape", ["x", g.Ints(1, 5, 3, 2, 4)]);
        string t = g.Node("Transpose", [r], Perm(2, 0, 3, 1, 4));
        string q = g.Node("Gather", [t, g.Index(0)], Axis(0)), k = g.Node("Gather", [t, g.Index(-2)], Axis(0));
        g.Becomes([g.Node("MatMul", [q, g.Node("Transpose", [k], Perm(0, 1, 3, 2))])], "Move", "Move", "MatMul");
    }

    [Fact]
    public void A_part_of_a_split_is_taken_from_where_the_split_reads()
    {
        var g = new WrittenOut(17, 4, 6);
        string[] parts = g.Nodes("Split", [g.Node("Transpose", ["x"], Perm(1, 0)), g.Ints(4, 2)], 2, Axis(0));
        string t = g.Node("Transpose", [parts[1]], Perm(1, 0));
        g.Becomes([g.Node("Exp", [t]), g.Node("Neg", [parts[0]])], "Transpose", "Move", "Exp", "Neg");
    }

    [Fact]
    public void What_others_read_on_the_way_is_still_made()
    {
        var g = new WrittenOut(17, 2, 3, 4);
        string t = g.Node("Transpose", ["x"], Perm(2, 0, 1));
        g.Becomes([g.Node("Exp", [g.Node("Transpose", [t], Perm(2, 0, 1))]), g.Node("Neg", [t])], "Transpose", "Move", "Exp", "Neg");
    }

    /// <summary>Chains of random operators, of which some intermediate values are outputs too.</summary>
    [Fact]
    public void Chains_of_any_kind_give_what_their_operators_give()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            int[] dims = [.. Enumerable.Range(0, random.Next(2, 5)).Select(_ => random.Next(1, 5))];
            var g = new WrittenOut(17, dims);
            string at = "x";
            var outputs = new List<string>();
            for (int n = random.Next(2, 7); n > 0; n--)
            {
                (at, dims) = Step(g, random, at, dims);
                if (random.Next(4) == 0) outputs.Add(at);
            }

            outputs.Remove(at);
            g.Agrees([.. outputs, g.Node("Exp", [at])]);
        }
    }

    private static (string, int[]) Step(WrittenOut g, Random random, string x, int[] dims)
    {
        int axis = random.Next(dims.Length);
        switch (random.Next(6))
        {
            case 0 or 1:
                int[] perm = [.. Enumerable.Range(0, dims.Length).OrderBy(_ => random.Next())];
                return (g.Node("Transpose", [x], Perm([.. perm.Select(p => (long)p)])), [.. perm.Select(p => dims[p])]);
            case 2:
                int[] shape = Refactored(random, dims);
                return (g.Node("Reshape", [x, g.Ints([.. shape.Select(d => (long)d)])]), shape);
            case 3:
                int start = random.Next(dims[axis]), step = random.Next(1, 3);
                int count = random.Next(1, (dims[axis] - start + step - 1) / step + 1);
                bool back = random.Next(2) == 0;
                int last = start + (count - 1) * step;
                string s = back
                    ? g.Node("Slice", [x, g.Ints(last), g.Ints(start - 1 < 0 ? -1000 : start - 1), g.Ints(axis), g.Ints(-step)])
                    : g.Node("Slice", [x, g.Ints(start), g.Ints(last + 1), g.Ints(axis), g.Ints(step)]);
                return (s, [.. dims.Select((d, i) => i == axis ? count : d)]);
            case 4 when dims.Length > 1:
                return (g.Node("Gather", [x, g.Index(random.Next(-dims[axis], dims[axis]))], Axis(axis)), [.. dims.Where((_, i) => i != axis)]);
            case 5 when dims[axis] > 1:
                int first = random.Next(1, dims[axis]), part = random.Next(2);
                string[] parts = g.Nodes("Split", [x, g.Ints(first, dims[axis] - first)], 2, Axis(axis));
                return (parts[part], [.. dims.Select((d, i) => i != axis ? d : part == 0 ? first : dims[axis] - first)]);
            default:
                return (g.Node("Unsqueeze", [x, g.Ints(axis)]), [.. dims[..axis], 1, .. dims[axis..]]);
        }
    }

    /// <summary>Neighbouring axes merged, or one divided.</summary>
    private static int[] Refactored(Random random, int[] dims)
    {
        int axis = random.Next(dims.Length);
        if (dims.Length > 1 && axis > 0 && random.Next(2) == 0) return [.. dims[..(axis - 1)], dims[axis - 1] * dims[axis], .. dims[(axis + 1)..]];
        int[] divisors = [.. Enumerable.Range(1, dims[axis]).Where(d => dims[axis] % d == 0)];
        int by = divisors[random.Next(divisors.Length)];
        return [.. dims[..axis], by, dims[axis] / by, .. dims[(axis + 1)..]];
    }
}
