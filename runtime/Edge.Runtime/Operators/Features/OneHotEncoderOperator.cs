using Edge.Onnx;
using Edge.Runtime.Operators.Cast;
using Edge.Runtime.Operators.Labels;
using Edge.Runtime.Operators.Scores;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Features;

/// <summary>
/// OneHotEncoder: each element becomes a row with 1 in the place of its category. What is no category gives zeros or, without
/// <c>zeros</c>, ends the run. Numbers are cut to integers first.
/// </summary>
internal sealed class OneHotEncoderOperator() : Operator("OneHotEncoder", OperatorCatalog.MachineLearning, 1, OperatorCatalog.LatestMachineLearning)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, [.. FeatureRows.Types, DataType.String]);
        var categories = ClassLabels.Read(c.Node, "cats_strings", "cats_int64s");
        c.Attributes.Int("zeros", 1);
        if (categories.Type == DataType.String != (c.Type(0) == DataType.String)) throw c.Error($"the categories are of type {categories.Type.OnnxName()}, the input is {c.Type(0).OnnxName()}");
        c.Output(0, DataType.Float32, new Shape([.. c.Shape(0).Dims, categories.Count]));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var categories = ClassLabels.Read(c.Node, "cats_strings", "cats_int64s");
        var table = new KeyTable(Tensor.Create<long>(new Shape(categories.Count), categories.Elements));
        return new OneHotEncoderExecutor(c.Node.Path, table, categories.Count, c.Type(0), c.Shape(0).Count, c.Attributes.Int("zeros", 1) != 0);
    }
}

internal sealed unsafe class OneHotEncoderExecutor(string path, KeyTable table, int categories, DataType type, int count, bool zeros) : Executor
{
    private readonly bool _wide = type.Size() == sizeof(long) && type != DataType.Float64;

    public override string Kernel => "one_hot_encoder";

    public override nint ScratchBytes => _wide ? 0 : (nint)count * sizeof(long);

    public override void Execute(in StepContext c)
    {
        long* x = c.Input<long>(0);
        if (!_wide)
        {
            x = (long*)c.Scratch;
            ElementCast.Find(type, DataType.Int64)(c.Input<byte>(0), x, count);
        }

        float* y = c.Output<float>(0);
        for (int i = 0; i < count; i++, y += categories)
        {
            new Span<float>(y, categories).Clear();
            int place = table.Find(x, DataType.Int64, i);
            if (place >= 0) y[place] = 1;
            else if (!zeros) throw new ModelException($"{path}: element {i}, {(type == DataType.String ? $"'{StringTable.Text(x[i])}'" : x[i])}, is none of the {categories} categories");
        }
    }
}
