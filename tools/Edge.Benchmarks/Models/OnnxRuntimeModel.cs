using Edge.Onnx;
using Edge.Tensors;
using Microsoft.ML.OnnxRuntime;
using Tensor = Edge.Tensors.Tensor;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace Edge.Benchmarks.Models;

/// <summary>
/// A model in ONNX Runtime as it is fastest: inputs and outputs are bound once, outputs to the memory of the first run, so that a
/// run neither allocates nor copies. Its workers spin, as is its default.
/// </summary>
internal sealed class OnnxRuntimeModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
    private readonly OrtValue[] _inputs;
    private readonly IDisposableReadOnlyCollection<OrtValue> _outputs;

    /// <exception cref="ModelException">ONNX Runtime refuses the model.</exception>
    public OnnxRuntimeModel(byte[] model, string name, IReadOnlyList<Tensor> inputs, int threads)
    {
        try
        {
            _session = Open(model, name, threads);
            _binding = _session.CreateIoBinding();
            _inputs = [.. inputs.Select(Value)];
            for (int i = 0; i < _inputs.Length; i++) _binding.BindInput(_session.InputNames[i], _inputs[i]);
            foreach (string output in _session.OutputNames) _binding.BindOutputToDevice(output, OrtMemoryInfo.DefaultInstance);
            _session.RunWithBinding(_options, _binding);
            _outputs = _binding.GetOutputValues();
            _binding.ClearBoundOutputs();
            for (int i = 0; i < _outputs.Count; i++) _binding.BindOutput(_session.OutputNames[i], _outputs[i]);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelException($"{name}: ONNX Runtime: {e.Message}", e);
        }
    }

    /// <summary>A session alone.</summary>
    public static InferenceSession Open(byte[] model, string name, int threads)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads, GraphOptimizationLevel = Level(name), LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        return new InferenceSession(model, options);
    }

    public void Run() => _session.RunWithBinding(_options, _binding);

    /// <summary>What the last run wrote, as bytes; the memory stays ONNX Runtime's.</summary>
    public ReadOnlySpan<byte> Output(int index) => _outputs[index].GetTensorMutableRawData();

    public void Dispose()
    {
        _outputs.Dispose();
        foreach (var input in _inputs) input.Dispose();
        _binding.Dispose();
        _options.Dispose();
        _session.Dispose();
    }

    private static OrtValue Value(Tensor tensor)
    {
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)tensor.Type, [.. tensor.Shape.ToArray().Select(d => (long)d)]);
        tensor.Bytes.CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    // It refuses this file above its basic level, for a fault of its own.
    private static GraphOptimizationLevel Level(string name) => name.StartsWith("deeplabv3_mnv2_dm05_pascal_uint8", StringComparison.Ordinal)
        ? GraphOptimizationLevel.ORT_ENABLE_BASIC
        : GraphOptimizationLevel.ORT_ENABLE_ALL;
}
