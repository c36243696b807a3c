namespace Edge.Benchmarks.Architectures;

/// <summary>How a model's 8-bit form is written down; all forms of one model compute the same integers up to an offset of 128.</summary>
internal enum Int8Form
{
    /// <summary>QDQ, uint8 activations, int8 weights with a scale for each channel: what the quantizer writes.</summary>
    U8S8,

    /// <summary>QDQ, uint8 activations, uint8 weights with zero point 128.</summary>
    U8U8,

    /// <summary>QDQ, int8 activations and weights.</summary>
    S8S8,

    /// <summary>Integer operators (QLinearConv and those of com.microsoft), uint8 activations, int8 weights.</summary>
    QLinearU8S8,

    /// <summary>Integer operators, uint8 activations and weights.</summary>
    QLinearU8U8,

    /// <summary>Integer operators, int8 activations and weights.</summary>
    QLinearS8S8,
}
