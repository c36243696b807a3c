using Edge.Onnx;

namespace Edge.Benchmarks.Architectures;

/// <summary>The shape of YOLOv8n: C2f blocks with SiLU, a neck of two ways, boxes from the softmax of their distributions.</summary>
internal static class Yolo8
{
    private const int Bins = 16, Classes = 80;

    public static ModelProto Build(int size = 640)
    {
        var n = new NetworkBuilder(8);
        string x = n.ConvSilu(n.ConvSilu(n.Input(1, 3, size, size), 16, 3, 2), 32, 3, 2);
        string p3 = C2f(n, n.ConvSilu(C2f(n, x, 32, 1, true), 64, 3, 2), 64, 2, true);
        string p4 = C2f(n, n.ConvSilu(p3, 128, 3, 2), 128, 2, true);
        string p5 = Pyramid(n, C2f(n, n.ConvSilu(p4, 256, 3, 2), 256, 1, true));
        string up4 = C2f(n, n.Concat(1, n.Upsample(p5), p4), 128, 1, false);
        string out3 = C2f(n, n.Concat(1, n.Upsample(up4), p3), 64, 1, false);
        string out4 = C2f(n, n.Concat(1, n.ConvSilu(out3, 64, 3, 2), up4), 128, 1, false);
        string out5 = C2f(n, n.Concat(1, n.ConvSilu(out4, 128, 3, 2), p5), 256, 1, false);
        return n.Build(Detect(n, size, out3, out4, out5));
    }

    private static string C2f(NetworkBuilder n, string x, int to, int count, bool sums)
    {
        int half = to / 2;
        List<string> parts = [.. n.Split(n.ConvSilu(x, to, 1), 1, half, half)];
        for (int i = 0; i < count; i++)
        {
            string y = n.ConvSilu(n.ConvSilu(parts[^1], half, 3), half, 3);
            parts.Add(sums ? n.Add(parts[^1], y) : y);
        }
        return n.ConvSilu(n.Concat(1, [.. parts]), to, 1);
    }

    private static string Pyramid(NetworkBuilder n, string x)
    {
        List<string> parts = [n.ConvSilu(x, 128, 1)];
        for (int i = 0; i < 3; i++) parts.Add(n.MaxPool(parts[^1], 5, 1, 2));
        return n.ConvSilu(n.Concat(1, [.. parts]), 256, 1);
    }

    private static string Detect(NetworkBuilder n, int size, params string[] maps)
    {
        List<string> heads = [];
        List<float> across = [], down = [], strides = [];
        foreach (string map in maps)
        {
            string box = n.Conv(n.ConvSilu(n.ConvSilu(map, 64, 3), 64, 3), 4 * Bins, 1), scores = n.Conv(n.ConvSilu(n.ConvSilu(map, Classes, 3), Classes, 3), Classes, 1);
            int side = n.Shape(map)[2];
            heads.Add(n.Reshape(n.Concat(1, box, scores), 1, 4 * Bins + Classes, side * side));
            for (int i = 0; i < side * side; i++)
            {
                across.Add(i % side + 0.5f);
                down.Add(i / side + 0.5f);
                strides.Add((float)size / side);
            }
        }
        int anchors = strides.Count;
        string[] parts = n.Split(n.Concat(2, [.. heads]), 1, 4 * Bins, Classes);
        string bins = n.Softmax(n.Transpose(n.Reshape(parts[0], 1, 4, Bins, anchors), 0, 2, 1, 3), 1);
        string weights = n.Constant([.. Enumerable.Range(0, Bins).Select(i => (float)i)], 1, Bins, 1, 1);
        string sides = n.Reshape(n.Op("Conv", [bins, weights], [1, 1, 4, anchors], NetworkBuilder.Attribute("kernel_shape", 1, 1)), 1, 4, anchors);
        string[] corners = n.Split(sides, 1, 2, 2);
        string centres = n.Constant([.. across, .. down], 1, 2, anchors);
        string low = n.Op("Sub", [centres, corners[0]], [1, 2, anchors]), high = n.Add(centres, corners[1]);
        string middle = n.Op("Div", [n.Add(low, high), n.Scalar(2)], [1, 2, anchors]);
        string boxes = n.Mul(n.Concat(1, middle, n.Op("Sub", [high, low], [1, 2, anchors])), n.Constant([.. strides], 1, anchors));
        return n.Concat(1, boxes, n.Op("Sigmoid", [parts[1]], n.Shape(parts[1])));
    }
}
