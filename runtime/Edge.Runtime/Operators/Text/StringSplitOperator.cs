using Edge.Tensors;

namespace Edge.Runtime.Operators.Text;

/// <summary>
/// StringSplit: the pieces of each string along a new last axis, filled up with empty strings, and how many there are. An
/// empty delimiter stands for runs of white space, and that around the string is dropped.
/// </summary>
internal sealed class StringSplitOperator() : Operator("StringSplit", "", 20, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.String);
        c.Attributes.String("delimiter", "");
        if (c.Attributes.Int("maxsplit", long.MaxValue) < 0) throw c.Error("maxsplit is negative; leave it out to split everywhere");
        c.DataDependent(0, DataType.String);
        c.DataDependent(1, DataType.Int64);
    }

    public override Executor Prepare(PrepareContext c) =>
        new StringSplitExecutor(c.Node.Path, c.Shape(0), c.Attributes.String("delimiter", ""), c.Attributes.Int("maxsplit", long.MaxValue), c.Wants(0), c.Wants(1));
}

internal sealed unsafe class StringSplitExecutor(string path, Shape x, string delimiter, long maxSplit, bool wantsPieces, bool wantsCounts) : Executor
{
    private const int MaxElements = 1 << 26;

    public override string Kernel => "string_split";

    public override nint ScratchBytes => (nint)x.Count * sizeof(long);

    public override void Execute(in StepContext c)
    {
        long* from = c.Input<long>(0), counts = (long*)c.Scratch;
        long most = 0;
        for (int i = 0; i < x.Count; i++)
        {
            counts[i] = 0;
            var pieces = new Pieces(StringTable.Text(from[i]), delimiter, maxSplit);
            while (pieces.Next()) counts[i]++;
            most = Math.Max(most, counts[i]);
        }

        if (wantsCounts) new ReadOnlySpan<long>(counts, x.Count).CopyTo(new Span<long>(c.Allocate<long>(1, x), x.Count));
        if (!wantsPieces) return;
        if (x.Count * most > MaxElements) throw new Onnx.ModelException($"{path}: {x.Count} strings of up to {most} pieces are more than the {MaxElements:N0} elements that are supported");
        long* to = c.AllocateStrings(0, new Shape([.. x.Dims, (int)most]));
        for (int i = 0; i < x.Count; i++)
        {
            var row = new Span<long>(to + i * most, (int)most);
            row.Clear();
            var pieces = new Pieces(StringTable.Text(from[i]), delimiter, maxSplit);
            for (int k = 0; pieces.Next(); k++) row[k] = Texts.Intern(pieces.Current, path);
        }
    }

    /// <summary>The pieces of one string, in order.</summary>
    private ref struct Pieces(string text, string delimiter, long splits)
    {
        private ReadOnlySpan<char> _rest = delimiter.Length == 0 ? text.AsSpan().Trim() : text;
        // Nothing but white space has no pieces; the empty string between delimiters is one.
        private bool _ended = (delimiter.Length == 0 ? text.AsSpan().Trim() : text).Length == 0;
        private long _splits = splits;

        public ReadOnlySpan<char> Current { get; private set; }

        public bool Next()
        {
            if (_ended) return false;
            int end = _splits == 0 ? -1 : delimiter.Length == 0 ? WhiteSpace(_rest) : _rest.IndexOf(delimiter, StringComparison.Ordinal);
            if (end < 0)
            {
                Current = _rest;
                _ended = true;
                return true;
            }

            Current = _rest[..end];
            _rest = delimiter.Length == 0 ? _rest[end..].TrimStart() : _rest[(end + delimiter.Length)..];
            _splits--;
            return true;
        }

        private static int WhiteSpace(ReadOnlySpan<char> text)
        {
            for (int i = 0; i < text.Length; i++)
                if (char.IsWhiteSpace(text[i])) return i;
            return -1;
        }
    }
}
