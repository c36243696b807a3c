using System.Numerics;
using Edge.Kernels.Layout;
using Edge.Kernels.Signal;
using Edge.Kernels.Threading;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Signal;

/// <summary>
/// STFT of float32 and float64: the transforms of frames of a signal <c>[N, length, 1 or 2]</c>, each multiplied by the
/// window first, as <c>[N, frames, bins, 2]</c>.
/// </summary>
internal sealed class StftOperator() : Operator("STFT", "", 17, OperatorCatalog.LatestOpset)
{
    private const int StepInput = 1, WindowInput = 2, LengthInput = 3;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64);
        c.RequireRank(0, 2, 3);
        var x = c.Shape(0);
        if (x.Rank == 3 && x[2] is not (1 or 2)) throw c.Error($"signal {x} must end in 1 (real) or 2 (complex)");
        c.Attributes.Int("onesided", 1);
        if (c.Has(WindowInput))
        {
            c.RequireType(WindowInput, c.Type(0));
            c.RequireRank(WindowInput, 1, 1);
        }

        if (Read(c.Node) is not { } f) c.DataDependent(0, c.Type(0));
        else c.Output(0, c.Type(0), new Shape(x[0], f.Count, f.Spectrum.Bins, 2));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var f = Read(c.Node)!.Value;
        return c.Type(0) == DataType.Float32 ? new StftExecutor<float>(c.Shape(0), f, c.Has(WindowInput), c.Threads) : new StftExecutor<double>(c.Shape(0), f, c.Has(WindowInput), c.Threads);
    }

    /// <summary>Null if only a run brings the step or the length of frames.</summary>
    private static StftFrames? Read(Node node)
    {
        var context = new InferContext(node);
        var x = context.Shape(0);
        long length = node.Has(WindowInput) ? context.Shape(WindowInput)[0] : x[1];
        if (node.Has(LengthInput))
        {
            if (context.ConstantInts(LengthInput) is not [var given]) return null;
            if (node.Has(WindowInput) && given != length) throw node.Error($"frame_length {given} differs from the window's {length} elements");
            length = given;
        }

        FourierLength.Require(node, "frame_length", length);
        if (context.ConstantInts(StepInput) is not [var step]) return null;
        if (step is < 1 or > int.MaxValue) throw node.Error($"frame_step {step} is not supported; supported: 1 and more");
        bool onesided = node.Attributes.Int("onesided", 1) != 0;
        int frames = x[1] < length ? 0 : (int)((x[1] - length) / step + 1);
        return new StftFrames(frames, (int)step, new SpectrumShape((int)length, x.Rank == 3 && x[2] == 2, false, (int)(onesided ? length / 2 + 1 : length)));
    }
}

/// <summary>How a signal is cut.</summary>
/// <param name="Count">Frames.</param>
/// <param name="Step">Samples between the beginnings of neighbouring frames.</param>
/// <param name="Spectrum">The transform of a frame.</param>
internal readonly record struct StftFrames(int Count, int Step, SpectrumShape Spectrum);

/// <summary>Frames, divided among the threads.</summary>
internal sealed unsafe class StftExecutor<T>(Shape x, StftFrames frames, bool hasWindow, int threads) : Executor
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly SpectrumKernel<T> _kernel = new(frames.Spectrum);

    public override string Kernel { get; } = $"stft_{DataTypeExtensions.Of<T>().OnnxName()}_{frames.Spectrum.Length}";

    public override nint ScratchBytes => threads * _kernel.ScratchBytes;

    public override void Execute(in StepContext c)
    {
        int all = x[0] * frames.Count, lanes = Math.Min(threads, all);
        var job = new Job { E = this, X = c.Input<T>(0), Window = hasWindow ? c.Input<T>(2) : null, Y = c.Output<T>(0), Scratch = c.Scratch, Frames = all, Lanes = lanes };
        c.Pool.Run(ref job, lanes);
    }

    private struct Job : IParallelJob
    {
        public StftExecutor<T> E;
        public T* X;
        public T* Window;
        public T* Y;
        public byte* Scratch;
        public int Frames;
        public int Lanes;

        public readonly void Execute(int lane)
        {
            int end = Grain.Start(Frames, lane + 1, Lanes);
            for (int i = Grain.Start(Frames, lane, Lanes); i < end; i++) E.Frame(X, Window, Y, i, Scratch + lane * E._kernel.ScratchBytes);
        }
    }

    private void Frame(T* from, T* window, T* to, int i, byte* scratch)
    {
        int parts = frames.Spectrum.IsComplex ? 2 : 1;
        var (signal, frame) = Math.DivRem(i, frames.Count);
        _kernel.Run(from + ((nint)signal * x[1] + (nint)frame * frames.Step) * parts, parts, frames.Spectrum.Length, window,
            to + (nint)i * frames.Spectrum.Bins * 2, 2, scratch);
    }
}
