using Edge.Kernels.Threading;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Regions;

/// <summary>
/// com.microsoft CropAndResize of float32: regions <c>[n, 4]</c>, y and x of one corner and of the opposite one as shares
/// of the picture, resized to <c>crop_size</c> so that the corners' centres stay.
/// </summary>
internal sealed class CropAndResizeOperator() : Operator("CropAndResize", OperatorCatalog.Microsoft, 1, 1)
{
    private const int Regions = 1, Images = 2, Size = 3;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32);
        c.RequireType(Regions, DataType.Float32);
        c.RequireType(Images, DataType.Int32);
        c.RequireRank(0, 4, 4);
        RegionImages.Require(c, Regions, Images);
        IsNearest(c.Node);
        c.Attributes.Float("extrapolation_value", 0);
        if (c.Shape(Size) != new Shape(2)) throw c.Error($"crop_size has shape {c.Shape(Size)}; it must hold two numbers");
        if (c.ConstantInts(Size) is not { } size)
        {
            c.DataDependent(0, DataType.Float32);
            return;
        }

        if (size.Any(s => s is < 1 or > int.MaxValue)) throw c.Error($"crop_size [{string.Join(',', size)}] must hold two positive numbers");
        c.Output(0, DataType.Float32, new Shape(c.Shape(Regions)[0], c.Shape(0)[1], (int)size[0], (int)size[1]));
    }

    public override Executor Prepare(PrepareContext c) =>
        new CropAndResizeExecutor(c.Node.Path, c.Shape(0), c.OutputShape(), IsNearest(c.Node), c.Attributes.Float("extrapolation_value", 0));

    private static bool IsNearest(Node node) => node.Attributes.String("mode", "bilinear") switch
    {
        "bilinear" => false,
        "nearest" => true,
        var mode => throw node.Error($"mode '{mode}' is not supported; supported: bilinear, nearest"),
    };
}

/// <summary>One chunk of work is one region.</summary>
internal sealed unsafe class CropAndResizeExecutor(string path, Shape x, Shape y, bool nearest, float extrapolation) : Executor
{
    public override string Kernel => nearest ? "crop_and_resize_nearest_f32" : "crop_and_resize_linear_f32";

    public override void Execute(in StepContext c)
    {
        int* images = c.Input<int>(2);
        for (int r = 0; r < y[0]; r++)
        {
            long image = images[r];
            RegionImages.Validate(path, &image, 1, x[0]);
        }

        var job = new Job { E = this, X = c.Input<float>(0), Regions = c.Input<float>(1), Images = images, Y = c.Output<float>(0) };
        c.Pool.Run(ref job, y[0]);
    }

    private struct Job : IParallelJob
    {
        public CropAndResizeExecutor E;
        public float* X;
        public float* Regions;
        public int* Images;
        public float* Y;

        public readonly void Execute(int region) => E.Crop(X, Regions + (nint)region * 4, Images[region], Y, region);
    }

    private void Crop(float* pictures, float* corners, int image, float* results, int region)
    {
        int channels = x[1], height = x[2], width = x[3];
        nint plane = (nint)height * width, pixels = (nint)y[2] * y[3];
        float* picture = pictures + image * channels * plane;
        float* to = results + region * channels * pixels;
        for (int h = 0; h < y[2]; h++)
        {
            float at = Source(corners[0], corners[2], h, y[2], height);
            for (int w = 0; w < y[3]; w++, to++)
            {
                float across = Source(corners[1], corners[3], w, y[3], width);
                bool inside = at >= 0 && at <= height - 1 && across >= 0 && across <= width - 1;
                for (int c = 0; c < channels; c++)
                    to[c * pixels] = !inside ? extrapolation : nearest ? Nearest(picture + c * plane, at, across) : Linear(picture + c * plane, at, across);
            }
        }
    }

    private static float Source(float start, float end, int i, int count, int size) => count > 1
        ? start * (size - 1) + i * ((end - start) * (size - 1) / (count - 1))
        : 0.5f * (start + end) * (size - 1);

    private float Nearest(float* plane, float at, float across) =>
        plane[(nint)MathF.Round(at, MidpointRounding.AwayFromZero) * x[3] + (nint)MathF.Round(across, MidpointRounding.AwayFromZero)];

    private float Linear(float* plane, float at, float across)
    {
        int top = (int)at, left = (int)across;
        int bottom = Math.Min(top + 1, x[2] - 1), right = Math.Min(left + 1, x[3] - 1);
        float down = at - top, over = across - left;
        float* upper = plane + (nint)top * x[3];
        float* lower = plane + (nint)bottom * x[3];
        float a = upper[left] + (upper[right] - upper[left]) * over, b = lower[left] + (lower[right] - lower[left]) * over;
        return a + (b - a) * down;
    }
}
