using Edge.Runtime.Operators.Control;
using Edge.Runtime.Operators.Sequences;
using Edge.Tensors;

namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>Subgraphs, sequences, optionals.</summary>
    private static IEnumerable<Operator> CreateControl() =>
    [
        new IfOperator(), new LoopOperator(), new ScanOperator(), new SequenceMapOperator(),
        new SequenceOperator("SequenceEmpty", 11, c => { c.Attributes.Int("dtype", 1); SequenceOperator.Open(c); }, SequenceRoutines.Empty),
        new SequenceOperator("SequenceConstruct", 11, SequenceOperator.Open, SequenceRoutines.Construct),
        new SequenceOperator("SequenceInsert", 11, SequenceOperator.Open, SequenceRoutines.Insert),
        new SequenceOperator("SequenceErase", 11, SequenceOperator.Open, SequenceRoutines.Erase),
        new SequenceOperator("SequenceAt", 11, SequenceOperator.Open, SequenceRoutines.At),
        new SequenceOperator("SequenceLength", 11, c => c.Output(0, DataType.Int64, new Shape()), SequenceRoutines.Length),
        new SequenceOperator("SplitToSequence", 11, c => { c.Attributes.Int("axis", 0); c.Attributes.Int("keepdims", 1); SequenceOperator.Open(c); }, SequenceRoutines.Split),
        new SequenceOperator("ConcatFromSequence", 11, c => { c.Attributes.Int("axis"); c.Attributes.Int("new_axis", 0); SequenceOperator.Open(c); }, SequenceRoutines.Concat),
        new SequenceOperator("Optional", 15, c => { c.Attributes.Type("type"); SequenceOperator.Open(c); }, SequenceRoutines.Optional),
        new SequenceOperator("OptionalHasElement", 15, c => c.Output(0, DataType.Bool, new Shape()), SequenceRoutines.HasElement),
        new SequenceOperator("OptionalGetElement", 15, SequenceOperator.Open, SequenceRoutines.GetElement),
    ];
}
