using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Import;
using Edge.Runtime.Planning;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Control;

/// <summary>
/// Scan: <c>(states…, outputs…) = body(states…, slices…)</c> for every slice of the scanned inputs; outputs are stacked. For
/// operator set 8 see <see cref="BatchedScanExecutor"/>.
/// </summary>
internal sealed class ScanOperator() : ValueOperator("Scan", minOpset: 8)
{
    public override void Infer(InferContext c)
    {
        if (c.Opset < 9)
        {
            BatchedScanExecutor.Infer(c);
            return;
        }

        var body = c.Attributes.Graph("body");
        long scans = c.Attributes.Int("num_scan_inputs");
        int states = body.OwnInputs - (int)scans;
        if (scans < 1 || states < 0 || body.Proto.Inputs.Count != body.OwnInputs)
            throw c.Error($"{body.OwnInputs} inputs, of which {scans} are scanned, do not fit a body of {body.Proto.Inputs.Count} inputs");
        if (body.OutputCount < states || c.OutputCount > body.OutputCount)
            throw c.Error($"the body has {body.OutputCount} outputs; with {states} states and {c.OutputCount} outputs of the node it must have at least {Math.Max(states, c.OutputCount)}");
        var plan = ScanAxes.Of(c.Node, body, states);

        var names = body.InputNames.ToArray();
        var formals = new Formal[names.Length];
        int length = -1;
        for (int i = 0; i < names.Length; i++)
        {
            var v = c.Node.Input(i) ?? throw c.Error($"input {i} is required and missing");
            Shape? shape = v.Shape;
            if (i >= states && shape is { } whole)
            {
                int axis = c.Node.Axis(plan.InputAxes[i - states], whole.Rank);
                length = whole[axis];
                shape = ScanAxes.Without(whole, axis);
            }

            formals[i] = new Formal(names[i], v.Type, shape);
        }

        var graph = body.Check([.. formals, .. body.CapturesOf(c.Node)]);
        for (int i = 0; i < c.OutputCount; i++)
        {
            var v = graph.Outputs[i];
            if (!v.IsStatic || (i >= states && length < 0)) c.DataDependent(i, v.Type);
            else if (i < states) c.Output(i, v.Type, v.Shape!.Value);
            else c.Output(i, v.Type, ScanAxes.With(v.Shape!.Value, c.Node.Axis(plan.OutputAxes[i - states], v.Shape!.Value.Rank + 1), length));
        }
    }

    public override ValueExecutor Prepare(Node node, PlanSettings settings) =>
        node.Opset < 9 ? new BatchedScanExecutor(node, settings) : new ScanExecutor(node, settings);
}

/// <summary>Along which axis, and from which end, each input of a Scan is read and each output written.</summary>
internal readonly record struct ScanAxes(long[] InputAxes, bool[] InputReversed, long[] OutputAxes, bool[] OutputReversed)
{
    public static ScanAxes Of(Node node, Subgraph body, int states)
    {
        int scans = body.OwnInputs - states, outputs = body.OutputCount - states;
        return new ScanAxes(
            Axes(node, "scan_input_axes", scans), Reversed(node, "scan_input_directions", scans),
            Axes(node, "scan_output_axes", outputs), Reversed(node, "scan_output_directions", outputs));
    }

    public static Shape Without(Shape shape, int axis) => new([.. shape.Dims[..axis], .. shape.Dims[(axis + 1)..]]);

    public static Shape With(Shape shape, int axis, int length) => new([.. shape.Dims[..axis], length, .. shape.Dims[axis..]]);

    private static long[] Axes(Node node, string name, int count)
    {
        long[] axes = node.Attributes.Ints(name) ?? new long[count];
        return axes.Length == count ? axes : throw node.Error($"attribute '{name}' has {axes.Length} entries where {count} are needed");
    }

    private static bool[] Reversed(Node node, string name, int count) => Array.ConvertAll(Axes(node, name, count), d => d is 0 or 1
        ? d == 1 : throw node.Error($"attribute '{name}' holds {d}; 0 is forward, 1 is reverse"));
}
