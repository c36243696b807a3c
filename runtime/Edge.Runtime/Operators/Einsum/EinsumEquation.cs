using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Einsum;

/// <summary>
/// An equation of Einsum, resolved for concrete shapes: each axis of each operand and of the result has a label, a number
/// from 0; axes of an ellipsis have labels like any others, and broadcast.
/// </summary>
internal sealed class EinsumEquation
{
    private EinsumEquation(int[][] operands, int[] result, int[] sizes)
    {
        Operands = operands;
        Result = result;
        Sizes = sizes;
    }

    /// <summary>The labels of each operand's axes; a label may occur more than once.</summary>
    public int[][] Operands { get; }

    /// <summary>The labels of the result's axes, each once.</summary>
    public int[] Result { get; }

    /// <summary>The size of each label.</summary>
    public int[] Sizes { get; }

    public Shape Output => new(Array.ConvertAll(Result, l => Sizes[l]));

    /// <exception cref="Onnx.ModelException">The equation is malformed, or the shapes do not fit it.</exception>
    public static EinsumEquation Read(Node node, ReadOnlySpan<Shape> shapes)
    {
        string text = node.Attributes.String("equation"), plain = text.Replace(" ", "", StringComparison.Ordinal);
        string[] sides = plain.Split("->");
        string[] terms = sides[0].Split(',');
        if (sides.Length > 2) throw node.Error($"equation '{text}' has more than one '->'");
        if (terms.Length != shapes.Length) throw node.Error($"equation '{text}' has {terms.Length} operands; {shapes.Length} are given");

        // Axes of the ellipsis are labelled from their end, so that those of operands with fewer of them line up.
        int ellipsis = 0;
        for (int i = 0; i < terms.Length; i++)
        {
            int letters = Letters(node, text, terms[i]).Length, rank = shapes[i].Rank;
            bool has = terms[i].Contains("...", StringComparison.Ordinal);
            if (has ? letters > rank : letters != rank) throw node.Error($"equation '{text}': '{terms[i]}' does not fit operand {i} {shapes[i]}");
            if (has) ellipsis = Math.Max(ellipsis, rank - letters);
        }

        var names = new List<char>();
        int[][] operands = new int[terms.Length][];
        for (int i = 0; i < terms.Length; i++)
            operands[i] = Labels(terms[i], shapes[i].Rank - Letters(node, text, terms[i]).Length, ellipsis, names, grow: true)!;
        int[] result = sides.Length == 2
            ? Labels(Checked(node, text, sides[1]), ellipsis, ellipsis, names, grow: false) ?? throw node.Error($"equation '{text}': the result has a label that no operand has")
            : [.. Enumerable.Range(0, ellipsis), .. names.Order().Where(n => terms.Sum(t => t.Count(c => c == n)) == 1).Select(n => ellipsis + names.IndexOf(n))];
        if (result.Distinct().Count() != result.Length) throw node.Error($"equation '{text}': the result has a label twice");

        var sizes = new int[ellipsis + names.Count];
        Array.Fill(sizes, 1);
        for (int i = 0; i < terms.Length; i++)
            for (int a = 0; a < operands[i].Length; a++)
            {
                ref int size = ref sizes[operands[i][a]];
                int d = shapes[i][a];
                if (size == 1) size = d;
                else if (d != size && d != 1) throw node.Error($"equation '{text}': operand {i} {shapes[i]} has {d} where another has {size}");
            }

        var equation = new EinsumEquation(operands, result, sizes);
        equation.RequireSmallSteps(node, text);
        return equation;
    }

    /// <summary>Fails where what two operands leave for the next holds more elements than a tensor may.</summary>
    private void RequireSmallSteps(Node node, string text)
    {
        HashSet<int> labels = [.. Operands[0]];
        for (int i = 1; i < Operands.Length; i++)
        {
            labels.UnionWith(Operands[i]);
            labels.IntersectWith([.. Result, .. Operands.Skip(i + 1).SelectMany(o => o)]);
            double count = labels.Aggregate(1.0, (p, l) => p * Sizes[l]);
            if (count > int.MaxValue) throw node.Error($"equation '{text}': operands 0 to {i} leave {count:0} elements; supported: {int.MaxValue}");
        }
    }

    /// <summary>Null where the term has a label that is not among <paramref name="names"/> and they may not grow.</summary>
    private static int[]? Labels(string term, int own, int ellipsis, List<char> names, bool grow)
    {
        var labels = new List<int>();
        for (int i = 0; i < term.Length; i++)
        {
            if (term[i] == '.')
            {
                labels.AddRange(Enumerable.Range(ellipsis - own, own));
                i += 2;
                continue;
            }

            int at = names.IndexOf(term[i]);
            if (at < 0)
            {
                if (!grow) return null;
                at = names.Count;
                names.Add(term[i]);
            }

            labels.Add(ellipsis + at);
        }

        return [.. labels];
    }

    private static string Letters(Node node, string text, string term) => Checked(node, text, term).Replace("...", "", StringComparison.Ordinal);

    private static string Checked(Node node, string text, string term)
    {
        int dots = term.IndexOf("...", StringComparison.Ordinal);
        string letters = dots < 0 ? term : term.Remove(dots, 3);
        return letters.All(char.IsAsciiLetter) ? term : throw node.Error($"equation '{text}': '{term}' is malformed: letters and one '...' are supported");
    }
}
