namespace Edge.Runtime.Operators.Resize;

/// <summary>ONNX's <c>coordinate_transformation_mode</c>: where in the input the centre of an output element lies.</summary>
internal enum CoordinateMode
{
    HalfPixel,
    HalfPixelSymmetric,
    PyTorchHalfPixel,
    AlignCorners,
    Asymmetric,
    HalfPixelForNearest,
    CropAndResize,
}

internal static class Coordinates
{
    /// <summary>
    /// The coordinate in the input of element <paramref name="i"/> of the output, in float32 and in the order of operations
    /// of ONNX's definition.
    /// </summary>
    public static float Source(this CoordinateMode mode, in ResizeAxis a, int i)
    {
        switch (mode)
        {
            case CoordinateMode.HalfPixel:
                return (i + 0.5f) / a.Scale - 0.5f;
            case CoordinateMode.HalfPixelSymmetric:
                // The part of the output that rounding its size cut off is shared by both ends.
                float adjustment = a.Output / (a.Scale * a.Input);
                float offset = a.Input / 2f * (1 - adjustment);
                return offset + (i + 0.5f) / a.Scale - 0.5f;
            case CoordinateMode.PyTorchHalfPixel:
                return a.Output > 1 ? (i + 0.5f) / a.Scale - 0.5f : 0;
            case CoordinateMode.AlignCorners:
                return a.Output > 1 ? (float)i * (a.Input - 1) / (a.Output - 1) : 0;
            case CoordinateMode.Asymmetric:
                return i / a.Scale;
            case CoordinateMode.HalfPixelForNearest:
                return (i + 0.5f) / a.Scale;
            default:
                return a.Output > 1
                    ? a.RoiStart * (a.Input - 1) + i * (a.RoiEnd - a.RoiStart) * (a.Input - 1) / (a.Output - 1)
                    : 0.5f * (a.RoiStart + a.RoiEnd) * (a.Input - 1);
        }
    }
}
