using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>Of two casts one behind the other the first is left out where its type holds every value of the one before.</summary>
internal static class CastFusion
{
    public static void Run(ModelGraph graph)
    {
        foreach (var node in graph.Nodes)
        {
            while (node is { OpType: "Cast", Domain: "", Inputs: [{ Producer: { OpType: "Cast", Domain: "", Inputs: [{ } x] } } between], Outputs: [{ } y] }
                && IsNeedless(x.Type, between.Type, y.Type))
                node.SetInput(0, x);
        }

        IdentityElimination.Run(graph);
        DeadNodeElimination.Run(graph);
    }

    private static bool IsNeedless(DataType from, DataType between, DataType to)
    {
        // Text shows the type, and where integers wrap around numbers with a fraction saturate.
        if (to == DataType.String || !Holds(between, from)) return false;
        return IsFloat(from) || !IsFloat(between) || IsFloat(to) || to == from || Holds(to, from);
    }

    private static bool IsFloat(DataType type) => type is DataType.Float16 or DataType.BFloat16 or DataType.Float32 or DataType.Float64;

    /// <summary>Whether <paramref name="wide"/> has every value of <paramref name="narrow"/>.</summary>
    private static bool Holds(DataType wide, DataType narrow) => narrow switch
    {
        DataType.Bool => wide is DataType.UInt8 or DataType.Int8 || Holds(wide, DataType.UInt8) || Holds(wide, DataType.Int8),
        DataType.UInt8 => wide is DataType.UInt16 or DataType.Int16 or DataType.Float16 || Holds(wide, DataType.UInt16) || Holds(wide, DataType.Int16),
        DataType.Int8 => wide is DataType.Int16 or DataType.Float16 || Holds(wide, DataType.Int16),
        DataType.UInt16 => wide is DataType.UInt32 or DataType.Int32 or DataType.Float32 || Holds(wide, DataType.UInt32) || Holds(wide, DataType.Int32),
        DataType.Int16 => wide is DataType.Int32 or DataType.Float32 || Holds(wide, DataType.Int32),
        DataType.UInt32 => wide is DataType.UInt64 or DataType.Int64 or DataType.Float64,
        DataType.Int32 => wide is DataType.Int64 or DataType.Float64,
        DataType.Float16 or DataType.BFloat16 => wide is DataType.Float32 or DataType.Float64,
        DataType.Float32 => wide is DataType.Float64,
        _ => false,
    };
}
