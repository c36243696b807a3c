using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Import;
using Edge.Runtime.Planning;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Control;

/// <summary>
/// Scan as operator set 8 has it: input 0 is the length of each sequence, or left out; every other input and every output
/// begins with a batch axis, which the body does not see, and sequences lie along the axis behind it. Scanned outputs are
/// zero behind the end of a sequence.
/// </summary>
internal sealed class BatchedScanExecutor : ValueExecutor
{
    private readonly SubgraphRunner _body;
    private readonly int _states;
    private readonly int _scans;
    private readonly bool[] _reversed;
    private readonly RunValue[] _arguments;
    private readonly RunValue[] _pieces;
    private readonly RunBudget _budget;

    /// <summary>By output: whether this run has written a piece of it.</summary>
    private readonly bool[] _begun;

    public BatchedScanExecutor(Node node, PlanSettings settings)
    {
        var body = node.Attributes.Graph("body");
        _body = new SubgraphRunner(body, node, settings);
        _budget = settings.Run;
        _scans = Scans(node, body);
        _states = body.OwnInputs - 1 - _scans;
        _reversed = Reversed(node, _scans);
        _arguments = [.. body.Proto.Inputs.Select(_ => new RunValue())];
        _pieces = [.. _arguments.Select(_ => new RunValue(settings.Memory))];
        _begun = new bool[node.Outputs.Count];
    }

    public override string Kernel => "scan (batched)";

    public static void Infer(InferContext c)
    {
        var body = c.Attributes.Graph("body");
        int scans = Scans(c.Node, body);
        Reversed(c.Node, scans);
        if (body.Proto.Inputs.Count != body.OwnInputs - 1 || body.OutputCount < c.OutputCount || c.OutputCount < body.OwnInputs - 1 - scans)
            throw c.Error($"a body of {body.Proto.Inputs.Count} inputs and {body.OutputCount} outputs does not fit {body.OwnInputs} inputs and {c.OutputCount} outputs");
        for (int i = 0; i < c.OutputCount; i++) c.DataDependent(i, DataType.Undefined);
    }

    public override void Execute(in ValueContext c)
    {
        var first = c.Tensor(1 + _states).Shape;
        if (first.Rank < 2) throw c.Node.Error($"a scanned input {first} has no batch and sequence axis");
        int batch = first[0], length = first[1];
        Array.Clear(_begun);
        for (int b = 0; b < batch; b++)
        {
            int steps = Steps(c, b, length);
            for (int i = 0; i < _states; i++) Take(c, i, b, batch, 1);
            for (int t = 0; t < steps; t++)
            {
                _budget.TakeIteration(c.Node);
                for (int i = 0; i < _scans; i++) Take(c, _states + i, b * length + (_reversed[i] ? steps - 1 - t : t), batch, length);
                var results = _body.Run(_arguments, c);
                for (int i = 0; i < _states; i++) _arguments[i].Refer(results[i]);
                for (int i = _states; i < c.Outputs.Length; i++) Place(c, i, results[i], b * length + t, batch, length);
            }

            for (int i = 0; i < _states; i++) Place(c, i, _arguments[i], b, batch, -1);
        }

        for (int i = 0; i < _begun.Length; i++)
            if (c.Outputs[i] is not null && !_begun[i]) throw c.Node.Error($"no batch or no steps leave the shape of output {i} open");
    }

    public override void Dispose()
    {
        base.Dispose();
        _body.Dispose();
        foreach (var piece in _pieces) piece.Free();
    }

    private static int Scans(Node node, Subgraph body)
    {
        long scans = node.Attributes.Int("num_scan_inputs");
        return scans >= 1 && scans < body.OwnInputs ? (int)scans : throw node.Error($"{body.OwnInputs} inputs cannot have {scans} scanned ones");
    }

    private static bool[] Reversed(Node node, int scans)
    {
        long[] directions = node.Attributes.Ints("directions") ?? new long[scans];
        return directions.Length == scans && Array.TrueForAll(directions, d => d is 0 or 1)
            ? Array.ConvertAll(directions, d => d == 1)
            : throw node.Error($"attribute 'directions' [{string.Join(',', directions)}] must hold 0 or 1 for each of {scans} scanned inputs");
    }

    private static int Steps(in ValueContext c, int b, int length)
    {
        if (c.Input(0) is null) return length;
        var lengths = c.Tensor(0);
        if (lengths.Type != DataType.Int64 || b >= lengths.Count) throw c.Node.Error($"the lengths of sequences must be int64, one a batch, not {lengths}");
        long steps = lengths.AsSpan<long>()[b];
        return steps >= 0 && steps <= length ? (int)steps : throw c.Node.Error($"a sequence of {steps} steps does not fit {length}");
    }

    /// <summary>Copies piece <paramref name="index"/> of an input, whose first axes are batch and, if it is scanned, sequence.</summary>
    private unsafe void Take(in ValueContext c, int argument, int index, int batch, int length)
    {
        var whole = c.Tensor(1 + argument);
        int axes = argument < _states ? 1 : 2;
        if (whole.Shape.Rank < axes || whole.Shape[0] != batch || (axes == 2 && whole.Shape[1] != length))
            throw c.Node.Error($"input {1 + argument} is {whole}; the batch is {batch}{(axes == 2 ? $" and a sequence has {length} steps" : "")}");
        var piece = _pieces[argument].Tensor is { } kept && kept.Type == whole.Type && kept.Shape.Dims.SequenceEqual(whole.Shape.Dims[axes..])
            ? kept : _pieces[argument].Ensure(whole.Type, new Shape(whole.Shape.Dims[axes..]));
        Buffer.MemoryCopy(whole.Data + index * piece.ByteLength, piece.Data, piece.ByteLength, piece.ByteLength);
        _arguments[argument].Refer(piece);
    }

    /// <summary>Copies a result to piece <paramref name="index"/> of an output; the first one of a run fixes the output's shape.</summary>
    private unsafe void Place(in ValueContext c, int index, RunValue result, int piece, int batch, int length)
    {
        if (c.Outputs[index] is not { } output) return;
        var from = result.Tensor ?? throw c.Node.Error($"output {index} is a sequence; only tensors can be stacked");
        int axes = length < 0 ? 1 : 2;
        bool fits = output.Tensor is { } kept && kept.Type == from.Type && kept.Shape.Rank == from.Shape.Rank + axes && kept.Shape[0] == batch
            && (axes == 1 || kept.Shape[1] == length) && kept.Shape.Dims[axes..].SequenceEqual(from.Shape.Dims);
        if (!_begun[index] && !fits) output.Ensure(from.Type, new Shape(axes == 1 ? [batch, .. from.Shape.Dims] : [batch, length, .. from.Shape.Dims]));
        else if (!fits) throw c.Node.Error($"output {index} changes to {from}");
        var to = output.Tensor!;
        // What lies behind the end of a sequence is zero.
        if (!_begun[index]) to.Bytes.Clear();
        _begun[index] = true;
        Buffer.MemoryCopy(from.Data, to.Data + piece * from.ByteLength, from.ByteLength, from.ByteLength);
    }
}
