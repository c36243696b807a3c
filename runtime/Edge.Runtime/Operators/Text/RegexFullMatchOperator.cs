using System.Text.RegularExpressions;
using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Text;

/// <summary>
/// RegexFullMatch: whether a pattern matches the whole of each string, by the rules of RE2, in time linear in the string.
/// What RE2 has and <see cref="Re2Pattern"/> cannot express is refused.
/// </summary>
internal sealed class RegexFullMatchOperator() : Operator("RegexFullMatch", "", 20, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.String);
        Re2Pattern.Translate(c.Node, c.Attributes.String("pattern"));
        c.Output(0, DataType.Bool, c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c) => new RegexFullMatchExecutor(c.Node.Path, c.Shape(0).Count, Re2Pattern.Translate(c.Node, c.Attributes.String("pattern")));
}

internal sealed unsafe class RegexFullMatchExecutor(string path, int count, Re2Pattern pattern) : Executor
{
    private readonly Regex _regex = pattern.ToRegex();

    public override string Kernel => "regex_full_match";

    public override void Execute(in StepContext c)
    {
        long* x = c.Input<long>(0);
        bool* y = c.Output<bool>(0);
        for (int i = 0; i < count; i++)
        {
            string text = StringTable.Text(x[i]);
            if (!pattern.Decides(text))
                throw new ModelException($"{path}: string {i} has characters for which this pattern is not supported ({(pattern.AsciiOnly ? "only ASCII is" : "only the basic multilingual plane is")})");
            y[i] = _regex.IsMatch(text);
        }
    }
}
