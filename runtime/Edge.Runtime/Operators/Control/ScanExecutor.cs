using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Planning;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Control;

internal sealed class ScanExecutor : ValueExecutor
{
    private readonly SubgraphRunner _body;
    private readonly ScanAxes _axes;
    private readonly RunBudget _budget;
    private readonly int _states;
    private readonly RunValue[] _arguments;
    private readonly RunValue[] _slices;
    private readonly int[] _places;

    public ScanExecutor(Node node, PlanSettings settings)
    {
        var body = node.Attributes.Graph("body");
        _body = new SubgraphRunner(body, node, settings);
        _budget = settings.Run;
        _states = body.OwnInputs - (int)node.Attributes.Int("num_scan_inputs");
        _axes = ScanAxes.Of(node, body, _states);
        _arguments = [.. body.Proto.Inputs.Select(_ => new RunValue())];
        _slices = [.. _arguments.Skip(_states).Select(_ => new RunValue(settings.Memory))];
        _places = new int[body.OutputCount];
    }

    public override string Kernel => "scan";

    public override void Execute(in ValueContext c)
    {
        int length = Length(c);
        for (int i = 0; i < _states; i++) _arguments[i].Refer(c.Inputs[i]!);
        for (int t = 0; t < length; t++)
        {
            _budget.TakeIteration(c.Node);
            for (int i = 0; i < _slices.Length; i++) Slice(c, i, _axes.InputReversed[i] ? length - 1 - t : t);
            var results = _body.Run(_arguments, c);
            for (int i = 0; i < _states; i++) _arguments[i].Refer(results[i]);
            for (int i = _states; i < c.Outputs.Length; i++)
                if (c.Outputs[i] is { } output) Place(c.Node, results[i], output, i, t, length);
        }

        for (int i = 0; i < Math.Min(_states, c.Outputs.Length); i++) c.Outputs[i]?.Copy(_arguments[i]);
        if (length == 0) LeaveEmpty(c);
    }

    public override void Dispose()
    {
        base.Dispose();
        _body.Dispose();
        foreach (var slice in _slices) slice.Free();
    }

    private int Length(in ValueContext c)
    {
        int length = -1;
        for (int i = 0; i < _slices.Length; i++)
        {
            var shape = c.Tensor(_states + i).Shape;
            int here = shape[c.Node.Axis(_axes.InputAxes[i], shape.Rank)];
            if (length >= 0 && here != length) throw c.Node.Error($"the scanned inputs have {length} and {here} slices");
            length = here;
        }

        return length;
    }

    private unsafe void Slice(in ValueContext c, int scan, int index)
    {
        var whole = c.Tensor(_states + scan);
        int axis = c.Node.Axis(_axes.InputAxes[scan], whole.Shape.Rank);
        var slice = _slices[scan].Tensor;
        if (slice is null || slice.Type != whole.Type || !IsSlice(whole.Shape, slice.Shape, axis))
            slice = _slices[scan].Ensure(whole.Type, ScanAxes.Without(whole.Shape, axis));
        nint row = (nint)whole.Shape.Product(axis + 1, whole.Shape.Rank) * whole.Type.Size();
        int rows = whole.Shape.Product(0, axis), length = whole.Shape[axis];
        for (int r = 0; r < rows; r++)
            Buffer.MemoryCopy(whole.Data + ((nint)r * length + index) * row, slice.Data + r * row, row, row);
        _arguments[_states + scan].Refer(slice);
    }

    /// <summary>Writes one slice of an output; the first one fixes the output's shape.</summary>
    private unsafe void Place(Node node, RunValue value, RunValue output, int index, int step, int length)
    {
        var slice = value.Tensor ?? throw node.Error($"output {index} is a sequence; only tensors can be stacked");
        if (step == 0)
        {
            _places[index] = node.Axis(_axes.OutputAxes[index - _states], slice.Shape.Rank + 1);
            var kept = output.Tensor;
            if (kept is null || kept.Type != slice.Type || kept.Shape.Rank <= _places[index] || kept.Shape[_places[index]] != length || !IsSlice(kept.Shape, slice.Shape, _places[index]))
                output.Ensure(slice.Type, ScanAxes.With(slice.Shape, _places[index], length));
        }

        int axis = _places[index];
        var whole = output.Tensor!;
        if (slice.Type != whole.Type || !IsSlice(whole.Shape, slice.Shape, axis))
            throw node.Error($"output {index} changes to {slice} in iteration {step}");
        int at = _axes.OutputReversed[index - _states] ? length - 1 - step : step;
        nint row = (nint)whole.Shape.Product(axis + 1, whole.Shape.Rank) * whole.Type.Size();
        int rows = whole.Shape.Product(0, axis);
        for (int r = 0; r < rows; r++)
            Buffer.MemoryCopy(slice.Data + r * row, whole.Data + ((nint)r * length + at) * row, row, row);
    }

    private void LeaveEmpty(in ValueContext c)
    {
        var body = c.Node.Attributes.Graph("body");
        for (int i = _states; i < c.Outputs.Length; i++)
        {
            if (c.Outputs[i] is not { } output) continue;
            var declared = body.Proto.Outputs[i].Type?.Tensor ?? throw c.Node.Error($"no slices leave the type of output {i} open");
            var element = new Shape([.. (declared.Shape?.Dims ?? []).Select(d => d.Value is >= 0 and <= int.MaxValue ? (int)d.Value : 0)]);
            output.Ensure((DataType)declared.ElemType, ScanAxes.With(element, c.Node.Axis(_axes.OutputAxes[i - _states], element.Rank + 1), 0));
        }
    }

    private static bool IsSlice(Shape whole, Shape slice, int axis) =>
        whole.Rank == slice.Rank + 1 && whole.Dims[..axis].SequenceEqual(slice.Dims[..axis]) && whole.Dims[(axis + 1)..].SequenceEqual(slice.Dims[axis..]);
}
