using Edge.Runtime.Operators.QuantizedProduct;
using Edge.Runtime.Operators.Recurrent;

namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>LSTM, GRU, RNN and what dynamically quantized models are made of.</summary>
    private static IEnumerable<Operator> CreateRecurrent() =>
    [
        new LstmOperator(), new GruOperator(), new RnnOperator(), new DynamicQuantizeLstmOperator(),
        new MatMulIntegerToFloatOperator(), new DynamicQuantizeMatMulOperator(), new ScaleAccumulatorsOperator(),
    ];
}
