using System.Collections.Frozen;

namespace Edge.Runtime.Operators;

/// <summary>Every operator that the runtime runs: one line each, grouped by family.</summary>
internal static partial class OperatorCatalog
{
    /// <summary>Domain of the operators that only passes make.</summary>
    public const string Internal = "edge";

    /// <summary>Domain of ONNX Runtime's contributed operators.</summary>
    public const string Microsoft = "com.microsoft";

    private static readonly FrozenDictionary<(string Domain, string OpType), Operator> ByName =
        CreateAll().ToFrozenDictionary(o => (o.Domain, o.OpType));

    private static IEnumerable<Operator> CreateAll() =>
    [
        .. CreateMath(), .. CreateReductions(), .. CreateTensors(), .. CreateRecurrent(), .. CreateNormalization(),
        .. CreateAttention(), .. CreateVision(), .. CreateSignal(), .. CreateMachineLearning(), .. CreateText(), .. CreateControl(),
    ];

    /// <summary>In no particular order.</summary>
    public static IEnumerable<Operator> All => ByName.Values;

    /// <summary>The operator, or null if it is not supported. The domain <c>ai.onnx</c> is the default one.</summary>
    public static Operator? Find(string domain, string opType) =>
        ByName.GetValueOrDefault((domain == "ai.onnx" ? "" : domain, opType));
}
