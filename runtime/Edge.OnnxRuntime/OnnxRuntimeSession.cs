using Edge.Onnx;
using Edge.OnnxRuntime.Native;
using Edge.OnnxRuntime.Providers;
using Edge.Runtime;
using Edge.Tensors;
using Microsoft.ML.OnnxRuntime;
using OrtSession = Microsoft.ML.OnnxRuntime.InferenceSession;

namespace Edge.OnnxRuntime;

/// <summary>
/// The same session interface on Microsoft.ML.OnnxRuntime: on the CPU the oracle of tests and the other contender of
/// benchmarks, with other providers the way to GPUs and NPUs. One run at a time.
/// </summary>
public sealed class OnnxRuntimeSession : IInferenceSession
{
    private readonly OrtSession _session;
    private readonly RunOptions _runOptions = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly Tensor[] _outputs;

    internal OnnxRuntimeSession(
        OrtSession session, IReadOnlyDictionary<string, IReadOnlyList<string>> columns, IReadOnlyList<NodePlacement> placement, IReadOnlyList<ProviderSpec> providers)
    {
        _session = session;
        Inputs = [.. session.InputNames.Select(n => OrtTensors.Describe(n, session.InputMetadata[n]))];
        Outputs = [.. session.OutputNames.Select(n => OrtTensors.Describe(n, session.OutputMetadata[n]) with { Columns = columns.GetValueOrDefault(n) })];
        _inputNames = [.. session.InputNames];
        _outputNames = [.. session.OutputNames];
        _outputs = new Tensor[Outputs.Count];
        Placement = placement;
        var used = placement.CountBy(p => p.Provider).OrderByDescending(p => p.Value).Select(p => p.Key).ToList();
        // A graph that folded into constants has no nodes; then what was asked for is all there is to say.
        Provider = $"onnxruntime/{(used.Count > 0 ? string.Join('+', used) : providers.Count > 0 ? providers[0].Label : ProviderSpec.Cpu)}";
    }

    public IReadOnlyList<TensorInfo> Inputs { get; }

    public IReadOnlyList<TensorInfo> Outputs { get; }

    /// <summary><c>onnxruntime/</c> and the providers that run nodes, the one with most nodes first: <c>onnxruntime/cuda+cpu</c>.</summary>
    public string Provider { get; }

    /// <summary>
    /// Where every node runs: the graph's nodes as they were shared out, after ONNX Runtime's basic optimisations (the model's own
    /// nodes where optimisation is off). Nodes of subgraphs are included.
    /// </summary>
    public IReadOnlyList<NodePlacement> Placement { get; }

    /// <exception cref="ModelException">ONNX Runtime refuses the model.</exception>
    /// <exception cref="ProviderException">A provider cannot be used as it was asked for, and the policy is <see cref="ProviderPolicy.Fail"/>.</exception>
    public static OnnxRuntimeSession Load(string path, OnnxRuntimeOptions? options = null)
    {
        if (!File.Exists(path)) throw new ModelException($"{path}: no such file");
        return new SessionMaker(new ModelSource(Path.GetFileName(path), path, default), options ?? new OnnxRuntimeOptions()).Make();
    }

    /// <inheritdoc cref="Load(string, OnnxRuntimeOptions?)"/>
    public static OnnxRuntimeSession Load(ReadOnlyMemory<byte> bytes, string name, OnnxRuntimeOptions? options = null) =>
        new SessionMaker(new ModelSource(name, null, bytes), options ?? new OnnxRuntimeOptions()).Make();

    /// <inheritdoc/>
    /// <remarks>Allocates: ONNX Runtime's results are copied into tensors of ours.</remarks>
    public IReadOnlyList<Tensor> Run(params ReadOnlySpan<Tensor> inputs)
    {
        if (inputs.Length != Inputs.Count) throw new ModelException($"{inputs.Length} inputs were given; the model takes {Inputs.Count}: {string.Join("; ", Inputs)}");
        var values = new OrtValue[inputs.Length];
        try
        {
            for (int i = 0; i < inputs.Length; i++) values[i] = OrtTensors.ToOrt(inputs[i]);
            using var results = _session.Run(_runOptions, _inputNames, values, _outputNames);
            for (int i = 0; i < _outputs.Length; i++) _outputs[i] = OrtTensors.FromOrt(results[i], _outputNames[i]);
            return _outputs;
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelException($"onnxruntime: {NativeErrors.Reason(e)}", e);
        }
        finally
        {
            foreach (var v in values) v?.Dispose();
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
    }
}
