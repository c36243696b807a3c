using Edge.Onnx;
using Edge.Runtime;

namespace Edge.Quantization;

/// <summary>Makes a session for a model in memory; the caller disposes it. The model must not change while it is in use.</summary>
/// <param name="model">The model.</param>
/// <param name="name">What messages call it.</param>
public delegate IInferenceSession SessionFactory(ModelProto model, string name);
