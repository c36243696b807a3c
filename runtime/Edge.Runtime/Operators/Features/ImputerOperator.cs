using System.Numerics;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Scores;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Features;

/// <summary>Imputer: elements equal to one value, which may be NaN, replaced by another, the same for all features or one for each.</summary>
internal sealed class ImputerOperator() : Operator("Imputer", OperatorCatalog.MachineLearning, 1, OperatorCatalog.LatestMachineLearning)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, FeatureRows.Types);
        c.RequireRank(0, 1);
        bool integer = c.Type(0) is DataType.Int64 or DataType.Int32;
        int features = c.Shape(0)[^1], floats = Floats(c.Node).Length, integers = Integers(c.Node).Length;
        c.Attributes.Float("replaced_value_float", 0);
        c.Attributes.Int("replaced_value_int64", 0);
        int count = integer ? integers : floats;
        if ((integer ? floats : integers) > 0) throw c.Error($"imputed values of the other kind than the input, {c.Type(0).OnnxName()}, are given");
        if (count != 1 && (count == 0 || count != features)) throw c.Error($"there are {count} imputed values; one, or one for each of the {features} features, is needed");
        c.Output(0, c.Type(0), c.Shape(0));
    }

    public override bool CanOverwrite(Node node, int input) => input == 0;

    public override Executor Prepare(PrepareContext c)
    {
        int count = c.Shape(0).Count;
        float replaced = c.Attributes.Float("replaced_value_float", 0);
        long replacedInteger = c.Attributes.Int("replaced_value_int64", 0);
        return c.Type(0) switch
        {
            DataType.Float32 => new ImputerExecutor<float>(replaced, Floats(c.Node), count),
            DataType.Float64 => new ImputerExecutor<double>(replaced, Array.ConvertAll(Floats(c.Node), v => (double)v), count),
            DataType.Int64 => new ImputerExecutor<long>(replacedInteger, Integers(c.Node), count),
            _ => new ImputerExecutor<int>(checked((int)replacedInteger), Array.ConvertAll(Integers(c.Node), v => checked((int)v)), count),
        };
    }

    private static float[] Floats(Node node) => node.Attributes.Floats("imputed_value_floats") ?? [];

    private static long[] Integers(Node node) => node.Attributes.Ints("imputed_value_int64s") ?? [];
}

internal sealed unsafe class ImputerExecutor<T>(T replaced, T[] values, int count) : Executor
    where T : unmanaged, INumber<T>
{
    public override string Kernel { get; } = $"imputer_{DataTypeExtensions.Of<T>().OnnxName()}";

    public override void Execute(in StepContext c)
    {
        T* x = c.Input<T>(0), y = c.Output<T>(0);
        for (int i = 0, feature = 0; i < count; i++)
        {
            y[i] = x[i] == replaced || T.IsNaN(x[i]) && T.IsNaN(replaced) ? values[feature] : x[i];
            if (++feature == values.Length) feature = 0;
        }
    }
}
