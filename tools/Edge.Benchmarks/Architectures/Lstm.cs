using Edge.Onnx;

namespace Edge.Benchmarks.Architectures;

/// <summary>Two LSTM layers over a sequence and a classifier of the last state: sensors, speech.</summary>
internal static class Lstm
{
    public static ModelProto Build(int steps = 100, int features = 64, int hidden = 128)
    {
        var n = new NetworkBuilder(5);
        string x = n.Input(steps, 1, features);
        for (int layer = 0; layer < 2; layer++)
        {
            int from = n.Shape(x)[2];
            double deviation = 1 / Math.Sqrt(hidden);
            string[] y = n.Ops("LSTM", [x, n.Weights(deviation, 1, 4 * hidden, from), n.Weights(deviation, 1, 4 * hidden, hidden), n.Weights(0.05, 1, 8 * hidden)],
                [[steps, 1, 1, hidden], [1, 1, hidden], [1, 1, hidden]], AttributeProto.Of("hidden_size", (long)hidden));
            x = n.Op("Squeeze", [y[0], n.Ints(1)], [steps, 1, hidden]);
        }
        string last = n.Op("Gather", [x, n.Constant([(long)steps - 1])], [1, hidden], NetworkBuilder.Axis(0));
        return n.Build(n.Gemm(last, 10));
    }
}
