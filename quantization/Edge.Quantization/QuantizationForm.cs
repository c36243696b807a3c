namespace Edge.Quantization;

/// <summary>What becomes integers, and when.</summary>
public enum QuantizationForm
{
    /// <summary>
    /// Weights and activations are integers, with ranges observed on calibration samples: the fastest form, and the one for
    /// convolutional networks.
    /// </summary>
    Static,

    /// <summary>
    /// Dense layers and LSTMs multiply int8 weights with activations whose range is that of the very tensor, found while the
    /// model runs; other weights are stored as int8. For transformers and recurrent networks. Needs no samples. The model
    /// uses operators of ONNX Runtime's domain <c>com.microsoft</c>.
    /// </summary>
    Dynamic,

    /// <summary>Weights are stored as int8, one scale a channel, and multiplied as float32. Needs no samples.</summary>
    WeightOnly8,

    /// <summary>
    /// Weights are stored with 4 bits, one scale a block, and multiplied as float32; where a sum is too short for blocks, as
    /// int8. The model is of opset 21. Needs no samples.
    /// </summary>
    WeightOnly4,
}
