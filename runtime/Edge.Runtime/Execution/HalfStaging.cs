using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Runtime.Operators.Cast;
using Edge.Tensors;

namespace Edge.Runtime.Execution;

/// <summary>
/// What <see cref="Import.HalfPrecision"/> does while a plan is built, for a node whose shapes only a run brings: its inputs
/// of float16 and bfloat16 are widened before it executes, its results rounded afterwards.
/// </summary>
internal sealed unsafe class HalfStaging
{
    private readonly Tensor?[] _inputs;
    private readonly DataType[] _types;
    private readonly RunValue[] _results;

    private HalfStaging(Node node, DataType[] types)
    {
        _types = types;
        _results = [.. types.Select(_ => new RunValue())];
        _inputs = new Tensor?[node.Inputs.Count];
        for (int i = 0; i < _inputs.Length; i++)
        {
            if (node.Inputs[i] is not { Constant: { } half } v || !half.Type.IsHalf()) continue;
            _inputs[i] = Tensor.Create(DataType.Float32, half.Shape);
            Widen(i, half);
            var wide = new Value(v.Name);
            wide.SetConstant(_inputs[i]!);
            node.SetInput(i, wide);
        }
    }

    /// <summary>Replaces the half inputs of <paramref name="node"/>, all of which are constants; null if there is nothing to do.</summary>
    public static HalfStaging? Of(Node node, Operator op)
    {
        if (op.Halves(node) != HalfRole.Computes) return null;
        DataType[] types = [.. Enumerable.Range(0, node.Outputs.Count).Select(i => op.ResultType(node, i))];
        return types.Any(t => t.IsHalf()) || node.Inputs.Any(v => v is not null && v.Type.IsHalf()) ? new HalfStaging(node, types) : null;
    }

    /// <summary>The tensor that the node reads in place of <paramref name="given"/>.</summary>
    public Tensor Input(int index, Tensor given)
    {
        if (_inputs[index] is not { } wide) return given;
        Widen(index, given);
        return wide;
    }

    /// <summary>The memory that the node writes in place of a tensor of the given type; null if it may write the result itself.</summary>
    public Tensor? Target(int output, DataType type, Shape shape) =>
        type == DataType.Float32 && _types[output].IsHalf() ? _results[output].Ensure(type, shape) : null;

    /// <summary>Rounds what was written to <see cref="Target"/>.</summary>
    public void Finish(RunValue?[] results)
    {
        for (int i = 0; i < results.Length; i++)
        {
            if (results[i] is not { } result || _results[i].Tensor is not { } wide) continue;
            var half = result.Ensure(_types[i], wide.Shape);
            ElementCast.Find(DataType.Float32, _types[i])(wide.Data, half.Data, wide.Count);
        }
    }

    private void Widen(int index, Tensor half)
    {
        ElementCast.Find(half.Type, DataType.Float32)(half.Data, _inputs[index]!.Data, half.Count);
        GC.KeepAlive(half);
    }
}
