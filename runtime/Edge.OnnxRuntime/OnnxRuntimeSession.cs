using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;
using Microsoft.ML.OnnxRuntime;
using OrtSession = Microsoft.ML.OnnxRuntime.InferenceSession;
using OrtSessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Edge.OnnxRuntime;

/// <summary>How ONNX Runtime runs a model.</summary>
public sealed class OnnxRuntimeOptions
{
    /// <summary>Threads of one run; 0 leaves the choice to ONNX Runtime.</summary>
    public int Threads { get; set; }

    /// <summary>How far ONNX Runtime rewrites the graph.</summary>
    public GraphOptimizationLevel Optimization { get; set; } = GraphOptimizationLevel.ORT_ENABLE_ALL;

    /// <summary>Whether idle threads spin. On as by default; off to share a machine.</summary>
    public bool Spin { get; set; } = true;
}

/// <summary>
/// The same session interface on Microsoft.ML.OnnxRuntime's CPU provider: the oracle of tests, the other contender of
/// benchmarks. One run at a time.
/// </summary>
public sealed class OnnxRuntimeSession : IInferenceSession
{
    private readonly OrtSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly Tensor[] _outputs;

    static OnnxRuntimeSession() =>
        // Telemetry is on by default since 1.29; this is read when the library is loaded, which happens below.
        NativeEnvironment.SetDefault("ORT_DISABLE_TELEMETRY", "1");

    private OnnxRuntimeSession(OrtSession session, IReadOnlyList<TensorInfo> inputs, IReadOnlyList<TensorInfo> outputs)
    {
        _session = session;
        Inputs = inputs;
        Outputs = outputs;
        _inputNames = [.. inputs.Select(i => i.Name)];
        _outputNames = [.. outputs.Select(o => o.Name)];
        _outputs = new Tensor[outputs.Count];
    }

    public IReadOnlyList<TensorInfo> Inputs { get; }

    public IReadOnlyList<TensorInfo> Outputs { get; }

    public string Provider => "onnxruntime/cpu";

    /// <exception cref="ModelException">ONNX Runtime refuses the model.</exception>
    public static OnnxRuntimeSession Load(string path, OnnxRuntimeOptions? options = null)
    {
        if (!File.Exists(path)) throw new ModelException($"{path}: no such file");
        return Create(Path.GetFileName(path), o => new OrtSession(path, o), options);
    }

    /// <inheritdoc cref="Load(string, OnnxRuntimeOptions?)"/>
    public static OnnxRuntimeSession Load(ReadOnlyMemory<byte> bytes, string name, OnnxRuntimeOptions? options = null) =>
        Create(name, o => new OrtSession(bytes.ToArray(), o), options);

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
            throw new ModelException($"onnxruntime: {FirstLine(e)}", e);
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

    private static OnnxRuntimeSession Create(string name, Func<OrtSessionOptions, OrtSession> open, OnnxRuntimeOptions? options)
    {
        options ??= new OnnxRuntimeOptions();
        using var o = new OrtSessionOptions
        {
            GraphOptimizationLevel = options.Optimization,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            IntraOpNumThreads = options.Threads,
        };
        if (!options.Spin) o.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        try
        {
            var session = open(o);
            return new OnnxRuntimeSession(session,
                [.. session.InputNames.Select(n => OrtTensors.Describe(n, session.InputMetadata[n]))],
                [.. session.OutputNames.Select(n => OrtTensors.Describe(n, session.OutputMetadata[n]))]);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelException($"{name}: ONNX Runtime refuses the model: {FirstLine(e)}", e);
        }
    }

    private static string FirstLine(Exception e) => e.Message.Split('\n')[0];
}
