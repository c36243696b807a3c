using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Text;

/// <summary>
/// Tokenizer (com.microsoft), which scikit-learn's exporters put before a TfIdfVectorizer: the tokens of each string along a
/// new last axis, filled up with <c>pad_value</c>, and with <c>mark</c> between the characters 2 and 3. Without any token in any
/// string that axis is empty.
/// </summary>
internal sealed class TokenizerOperator() : Operator("Tokenizer", OperatorCatalog.Microsoft, 1, 1)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.String);
        c.RequireRank(0, 1, 2);
        TokenRules.Read(c.Node);
        c.Attributes.String("pad_value");
        c.Attributes.Int("mark");
        c.DataDependent(0, DataType.String);
    }

    public override Executor Prepare(PrepareContext c) => new TokenizerExecutor(
        c.Node.Path, c.Shape(0), TokenRules.Read(c.Node), Texts.Intern(c.Attributes.String("pad_value"), c.Node.Path), c.Attributes.Int("mark") != 0);
}

internal sealed unsafe class TokenizerExecutor(string path, Shape x, TokenRules rules, long pad, bool mark) : Executor
{
    private const int MaxElements = 1 << 26;

    private readonly long _first = Texts.Intern("\u0002", path);
    private readonly long _last = Texts.Intern("\u0003", path);

    public override string Kernel => "tokenizer";

    public override void Execute(in StepContext c)
    {
        long* from = c.Input<long>(0);
        int most = 0;
        for (int i = 0; i < x.Count; i++) most = Math.Max(most, rules.Split(StringTable.Text(from[i]), path).Count);
        int marks = mark && most > 0 ? 2 : 0, width = most + marks;
        if ((long)x.Count * width > MaxElements) throw new Onnx.ModelException($"{path}: {x.Count} strings of up to {most} tokens are more than the {MaxElements:N0} elements that are supported");
        long* to = c.AllocateStrings(0, new Shape([.. x.Dims, width]));
        for (int i = 0; i < x.Count && width > 0; i++)
        {
            var row = new Span<long>(to + (nint)i * width, width);
            string text = StringTable.Text(from[i]);
            var tokens = rules.Split(text, path);
            row.Fill(pad);
            int at = 0;
            if (mark) row[at++] = _first;
            foreach (var (start, length) in tokens) row[at++] = Texts.Intern(text.AsSpan(start, length), path);
            if (mark) row[at] = _last;
        }
    }
}
