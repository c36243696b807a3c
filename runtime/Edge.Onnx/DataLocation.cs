namespace Edge.Onnx;

/// <summary>Where a tensor's elements are (<c>TensorProto.DataLocation</c>).</summary>
public enum DataLocation
{
    /// <summary>In the message.</summary>
    Default = 0,

    /// <summary>In a file beside the model, named by <see cref="TensorProto.ExternalData"/>.</summary>
    External = 1,
}
