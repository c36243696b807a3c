using Edge.Tensors;

namespace Edge.Runtime;

/// <summary>
/// A model ready to run. One run at a time: <see cref="Run"/> is not to be called from two threads at once.
/// </summary>
public interface IInferenceSession : IDisposable
{
    /// <summary>The model's inputs, in the order in which <see cref="Run"/> takes them.</summary>
    IReadOnlyList<TensorInfo> Inputs { get; }

    /// <summary>The model's outputs, in the order in which <see cref="Run"/> returns them.</summary>
    IReadOnlyList<TensorInfo> Outputs { get; }

    /// <summary>What runs the model, as logs and reports name it: <c>edge/avx2</c>, <c>onnxruntime/cpu</c>.</summary>
    string Provider { get; }

    /// <summary>
    /// Runs the model once.
    /// </summary>
    /// <param name="inputs">One tensor an input, of the declared type, and of a shape that fits the declared one. They are read, never kept.</param>
    /// <returns>
    /// One tensor an output. The list and the tensors belong to the session and are overwritten by the next run;
    /// call <see cref="Tensor.Clone"/> to keep one.
    /// </returns>
    /// <exception cref="Onnx.ModelException">An input is missing, or has a wrong type or shape.</exception>
    IReadOnlyList<Tensor> Run(params ReadOnlySpan<Tensor> inputs);
}
