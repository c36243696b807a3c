using Edge.Runtime.Operators.Recurrent;

namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>LSTM, GRU, RNN and their quantized forms.</summary>
    private static IEnumerable<Operator> CreateRecurrent() => [new LstmOperator(), new GruOperator(), new RnnOperator()];
}
