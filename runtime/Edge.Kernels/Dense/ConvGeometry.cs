namespace Edge.Kernels.Dense;

/// <summary>
/// A two-dimensional convolution over NHWC tensors. A matrix product <c>[M,K]·[K,N]</c> is the case of a 1×1 kernel
/// with <c>OutWidth = M</c>, <c>InChannels = K</c>, <c>OutChannels = N</c>.
/// </summary>
/// <param name="Batch">Images.</param>
/// <param name="InHeight">Input rows.</param>
/// <param name="InWidth">Input columns.</param>
/// <param name="InChannels">Input channels, a multiple of <paramref name="Group"/>.</param>
/// <param name="OutHeight">Output rows.</param>
/// <param name="OutWidth">Output columns.</param>
/// <param name="OutChannels">Output channels, a multiple of <paramref name="Group"/>.</param>
/// <param name="KernelHeight">Rows of the kernel before dilation.</param>
/// <param name="KernelWidth">Columns of the kernel before dilation.</param>
/// <param name="StrideHeight">Input rows between output rows.</param>
/// <param name="StrideWidth">Input columns between output columns.</param>
/// <param name="DilationHeight">Input rows between kernel rows.</param>
/// <param name="DilationWidth">Input columns between kernel columns.</param>
/// <param name="PadTop">Rows of padding above; what lies below or to the right follows from the output size.</param>
/// <param name="PadLeft">Columns of padding on the left.</param>
/// <param name="Group">Groups; <c>InChannels</c> with one input channel each is depthwise.</param>
public readonly record struct ConvGeometry(
    int Batch,
    int InHeight,
    int InWidth,
    int InChannels,
    int OutHeight,
    int OutWidth,
    int OutChannels,
    int KernelHeight = 1,
    int KernelWidth = 1,
    int StrideHeight = 1,
    int StrideWidth = 1,
    int DilationHeight = 1,
    int DilationWidth = 1,
    int PadTop = 0,
    int PadLeft = 0,
    int Group = 1)
{
    /// <summary>The geometry of <c>[m,k]·[k,n]</c>.</summary>
    public static ConvGeometry MatMul(int m, int k, int n) => new(1, 1, m, k, 1, m, n);

    public int InChannelsPerGroup => InChannels / Group;

    public int OutChannelsPerGroup => OutChannels / Group;

    public bool IsDepthwise => Group > 1 && InChannelsPerGroup == 1;

    /// <summary>Pixels of the output, of all images.</summary>
    public nint Pixels => (nint)Batch * OutHeight * OutWidth;

    /// <summary>Multiply-accumulates of one run.</summary>
    public long Macs => (long)Batch * OutHeight * OutWidth * OutChannels * InChannelsPerGroup * KernelHeight * KernelWidth;
}
