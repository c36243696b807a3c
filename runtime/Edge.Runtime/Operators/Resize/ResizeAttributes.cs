using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators.Resize;

/// <summary>How elements of the output are made of elements of the input.</summary>
internal enum ResizeMode
{
    Nearest,
    Linear,
    Cubic,
}

/// <summary>ONNX's <c>nearest_mode</c>.</summary>
internal enum NearestMode
{
    RoundPreferFloor,
    RoundPreferCeil,
    Floor,
    Ceil,

    /// <summary>Opset 10 and Upsample: towards zero where the axis grows, up where it shrinks.</summary>
    Simple,
}

/// <summary>The attributes of Resize and Upsample, apart from sizes.</summary>
internal sealed record ResizeAttributes(
    ResizeMode Mode, CoordinateMode Coordinates, NearestMode Nearest, float CubicA, bool ExcludeOutside, bool Antialias, float Extrapolation)
{
    /// <summary>Whether the operator is Upsample or the Resize of opset 10, which have neither modes of coordinates nor sizes.</summary>
    public static bool IsSimple(Node node) => node.OpType == "Upsample" || node.Opset == 10;

    /// <exception cref="Onnx.ModelException">A mode is unknown, or modes do not go together.</exception>
    public static ResizeAttributes Read(Node node)
    {
        var mode = node.Attributes.String("mode", "nearest") switch
        {
            "nearest" => ResizeMode.Nearest,
            "linear" or "bilinear" => ResizeMode.Linear,
            "cubic" when !IsSimple(node) => ResizeMode.Cubic,
            var other => throw node.Error($"mode '{other}' is not supported; supported: nearest, linear, and cubic from opset 11 on"),
        };
        if (IsSimple(node)) return new ResizeAttributes(mode, CoordinateMode.Asymmetric, NearestMode.Simple, 0, false, false, 0);
        bool antialias = node.Opset >= 18 && node.Attributes.Int("antialias", 0) != 0;
        if (antialias && mode == ResizeMode.Nearest) throw node.Error("antialias with mode 'nearest' is not supported; supported: linear and cubic");
        return new ResizeAttributes(mode, ReadCoordinates(node), ReadNearest(node),
            node.Attributes.Float("cubic_coeff_a", -0.75f), node.Attributes.Int("exclude_outside", 0) != 0,
            antialias, node.Attributes.Float("extrapolation_value", 0));
    }

    private static CoordinateMode ReadCoordinates(Node node) => node.Attributes.String("coordinate_transformation_mode", "half_pixel") switch
    {
        "half_pixel" => CoordinateMode.HalfPixel,
        "half_pixel_symmetric" => CoordinateMode.HalfPixelSymmetric,
        "pytorch_half_pixel" => CoordinateMode.PyTorchHalfPixel,
        "align_corners" => CoordinateMode.AlignCorners,
        "asymmetric" => CoordinateMode.Asymmetric,
        "tf_half_pixel_for_nn" => CoordinateMode.HalfPixelForNearest,
        "tf_crop_and_resize" => CoordinateMode.CropAndResize,
        var other => throw node.Error($"coordinate_transformation_mode '{other}' is not supported; supported: half_pixel, half_pixel_symmetric, pytorch_half_pixel, align_corners, asymmetric, tf_half_pixel_for_nn, tf_crop_and_resize"),
    };

    private static NearestMode ReadNearest(Node node) => node.Attributes.String("nearest_mode", "round_prefer_floor") switch
    {
        "round_prefer_floor" => NearestMode.RoundPreferFloor,
        "round_prefer_ceil" => NearestMode.RoundPreferCeil,
        "floor" => NearestMode.Floor,
        "ceil" => NearestMode.Ceil,
        var other => throw node.Error($"nearest_mode '{other}' is not supported; supported: round_prefer_floor, round_prefer_ceil, floor, ceil"),
    };
}
