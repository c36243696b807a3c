using Edge.Kernels;
using Edge.Onnx;
using Edge.OnnxRuntime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Operators;

/// <summary>
/// A model of one node, run by every kernel set of this machine and by ONNX Runtime:
/// <code>
/// new OperatorCase("PRelu", opset: 16).Input(x).Constant(slope).AgreesWithOnnxRuntime(1e-6);
/// </code>
/// </summary>
internal sealed class OperatorCase(string opType, int opset = 17, string domain = "")
{
    private readonly List<(Tensor? Value, bool IsConstant)> _inputs = [];
    private readonly List<AttributeProto> _attributes = [];
    private string[] _outputs = ["y0"];
    private bool _behindPool;

    /// <summary>An input of the model; null leaves the node's input out.</summary>
    public OperatorCase Input(Tensor? value)
    {
        _inputs.Add((value, false));
        return this;
    }

    public OperatorCase Constant(Tensor? value)
    {
        _inputs.Add((value, true));
        return this;
    }

    public OperatorCase With(params AttributeProto[] attributes)
    {
        _attributes.AddRange(attributes);
        return this;
    }

    public OperatorCase Outputs(int count) => OutputNames([.. Enumerable.Range(0, count).Select(i => $"y{i}")]);

    /// <summary>The outputs of the node; an empty name leaves one out.</summary>
    public OperatorCase OutputNames(params string[] names)
    {
        _outputs = names;
        return this;
    }

    /// <summary>Gives the operator a channels-last input, by a 1×1 pool that changes nothing before input 0.</summary>
    public OperatorCase BehindPool()
    {
        _behindPool = true;
        return this;
    }

    /// <summary>The results of one kernel set; null for the default one.</summary>
    public IReadOnlyList<Tensor> Run(string? isa = null, bool optimize = true, int threads = 1)
    {
        using Model model = Model.Load(ToModel(), opType);
        using InferenceSession session = new(model, new SessionOptions { Isa = isa, Optimize = optimize, Threads = threads });
        return [.. session.Run([.. Given()]).Select(t => t.Clone())];
    }

    public IReadOnlyList<Tensor> RunOnnxRuntime()
    {
        using OnnxRuntimeSession session = OnnxRuntimeSession.Load(ToModel(), opType, new OnnxRuntimeOptions { Threads = 1 });
        return [.. session.Run([.. Given()]).Select(t => t.Clone())];
    }

    /// <summary>What refuses the model says, at load or at the first run.</summary>
    public string Refusal() => Assert.Throws<ModelException>(() => Run()).Message;

    /// <summary>
    /// Every kernel set returns the same bytes, and they agree with ONNX Runtime: floats within
    /// <c>absolute + relative · |expected|</c>, integers within <paramref name="steps"/>.
    /// </summary>
    /// <returns>Elements that differ from ONNX Runtime's by whole steps.</returns>
    public int AgreesWithOnnxRuntime(double relative = 0, double absolute = 0, int steps = 0)
    {
        IReadOnlyList<Tensor> expected = RunOnnxRuntime();
        IReadOnlyList<Tensor> actual = OnEveryIsa();
        int differ = 0;
        for (int i = 0; i < expected.Count; i++) differ += TensorAssert.Close(expected[i], actual[i], relative, absolute, steps);
        return differ;
    }

    /// <summary>The results, which are the same bytes on every kernel set, optimized and not.</summary>
    public IReadOnlyList<Tensor> OnEveryIsa()
    {
        IReadOnlyList<Tensor> definition = Run("scalar");
        foreach (KernelSet set in KernelCatalog.Available)
        {
            IReadOnlyList<Tensor> got = Run(set.Name, threads: 2);
            for (int i = 0; i < got.Count; i++) TensorAssert.SameBits(definition[i], got[i], $"{opType} on {set.Name}");
        }
        IReadOnlyList<Tensor> plain = Run(optimize: false);
        for (int i = 0; i < plain.Count; i++) TensorAssert.SameBits(definition[i], plain[i], $"{opType}, not optimized");
        return definition;
    }

    /// <summary>The plan's kernels, in order.</summary>
    public IReadOnlyList<string> Kernels()
    {
        using Model model = Model.Load(ToModel(), opType);
        using InferenceSession session = new(model, new SessionOptions { Threads = 1 });
        return [.. session.Describe().Steps.Select(s => s.Kernel)];
    }

    private IEnumerable<Tensor> Given() => _inputs.Where(i => i.Value is not null && !i.IsConstant).Select(i => i.Value!);

    private byte[] ToModel()
    {
        OnnxGraphBuilder b = new(domain.Length == 0 ? opset : 17);
        if (domain.Length > 0) b.Opset(domain, opset);
        string[] names = new string[_inputs.Count];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = "";
            if (_inputs[i].Value is not { } t) continue;
            names[i] = $"x{i}";
            long[] dims = Array.ConvertAll(t.Shape.ToArray(), d => (long)d);
            if (_inputs[i].IsConstant && t.Type == DataType.String) b.Initializer(OnnxGraphBuilder.Tensor(names[i], t.ToStrings(), dims));
            else if (_inputs[i].IsConstant) b.Initializer(new TensorProto { Name = names[i], DataType = (int)t.Type, Dims = [.. dims], RawData = t.Bytes.ToArray() });
            else b.Input(names[i], t.Type, dims);
        }
        if (_behindPool)
        {
            long[] ones = [.. Enumerable.Repeat(1L, _inputs[0].Value!.Shape.Rank - 2)];
            b.Node("MaxPool", ["x0"], ["pooled"], AttributeProto.Of("kernel_shape", (IEnumerable<long>)ones));
            names[0] = "pooled";
        }
        b.Node(domain, opType, names, _outputs, [.. _attributes]);
        foreach (string y in _outputs)
            if (y.Length > 0) b.Output(y);
        return b.ToBytes();
    }
}
