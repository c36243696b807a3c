using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Conv;

/// <summary>ConvTranspose in one, two and three dimensions: inputs X, W <c>[C, OC/group, (kD,) (kH,) kW]</c>, bias.</summary>
internal sealed class ConvTransposeOperator() : Operator("ConvTranspose", "", 1, OperatorCatalog.LatestOpset)
{
    private const int Bias = 2;

    public override LayoutRole Layout => LayoutRole.ChannelsLast;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32);
        c.RequireType(1, DataType.Float32);
        var g = ConvTransposeAttributes.Read(c.Node, c.Shape(0), c.Shape(1));
        if (c.Has(Bias) && c.Shape(Bias) != new Shape(g.Plane.OutChannels)) throw c.Error($"bias {c.Shape(Bias)} must be [{g.Plane.OutChannels}]");
        c.Output(0, DataType.Float32, ConvAttributes.OutputShape(c.Node, g, c.Shape(0).Rank));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var volume = ConvTransposeAttributes.Read(c.Node, c.Shape(0), c.Shape(1));
        var g = volume.Plane;
        var layout = ConvAttributes.ChannelsLast(c.Node) ? null : new ChannelsFirst(volume.AsPicture, sizeof(float), sizeof(float), residual: false);
        int bias = c.Has(Bias) ? Bias : -1;
        if (c.Constant(1) is not { } w || g.Batch == 0) return new ConvTransposeExecutor(volume, layout, null, c.Kernels.Dense, bias);

        // The product of a pixel with all taps: a 1×1 convolution to [group, kD, kH, kW, OC/group] channels.
        int taps = volume.Depth.Kernel * g.KernelHeight * g.KernelWidth, pixels = g.Batch * volume.Depth.Input * g.InHeight * g.InWidth;
        var product = new ConvGeometry(1, 1, pixels, g.InChannels, 1, pixels, g.OutChannels * taps, Group: g.Group);
        var kernel = c.Kernels.Dense.PrepareConvF32(product, Weights(w, g, taps).AsSpan<float>(), [], Activation.None, c.Packed);
        return new ConvTransposeExecutor(volume, layout, kernel, c.Kernels.Dense, bias);
    }

    /// <summary><c>[group, C/group, OC/group, kD·kH·kW]</c> as <c>[group, kD·kH·kW, OC/group, C/group]</c>.</summary>
    private static unsafe Tensor Weights(Tensor w, in ConvGeometry g, int taps)
    {
        var t = Tensor.Create<float>(new Shape(w.Count));
        StridedCopy.Transpose([g.Group, g.InChannelsPerGroup, g.OutChannelsPerGroup, taps], [0, 3, 2, 1], sizeof(float)).Run(w.Data, t.Data, WorkerPool.Inline);
        GC.KeepAlive(w);
        return t;
    }
}
