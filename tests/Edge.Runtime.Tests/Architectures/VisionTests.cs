using Edge.Onnx;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;
using Xunit;
using static Edge.Runtime.Tests.Architectures.ExportedModel;

namespace Edge.Runtime.Tests.Architectures;

/// <summary>Detectors and segmenters in the words of their exporters, against ONNX Runtime on every kernel set, shape after shape in one session.</summary>
public class VisionTests
{
    private static AttributeProto Text(string name, string value) => AttributeProto.Of(name, value);

    private static AttributeProto To(DataType type) => AttributeProto.Of("to", (long)type);

    /// <summary>YOLOv8: C2f by Split, anchors from Range and Expand, boxes from the softmax of their distributions.</summary>
    private static ModelProto Yolo8()
    {
        const long C = 8, Classes = 3, Bins = 4;
        ExportedModel m = new(17);
        m.Input("images", "b", 3, "h", "w");
        string Block(string x, long from, long to, long kernel, long stride = 1) => m.Silu(m.Conv(x, from, to, kernel, stride));
        string near = Block(Block("images", 3, C, 3, 2), C, C, 3, 2);
        string[] halves = m.Ops("Split", 2, [Block(Block(near, C, C, 3, 2), C, 2 * C, 1), m.Ints(C, C)], Axis(1));
        string bottleneck = m.Op("Add", [halves[1], Block(Block(halves[1], C, C, 3), C, C, 3)]);
        string far = Block(m.Op("Concat", [halves[0], halves[1], bottleneck], Axis(1)), 3 * C, C, 1);
        string enlarged = m.Op("Resize", [far, "", m.Weights(new float[] { 1, 1, 2, 2 }, 4)],
            Text("coordinate_transformation_mode", "asymmetric"), Text("mode", "nearest"), Text("nearest_mode", "floor"));
        near = Block(m.Op("Concat", [enlarged, near], Axis(1)), 2 * C, C, 1);

        List<string> heads = [], anchors = [], strides = [];
        foreach (var (map, stride) in ((string, float)[])[(near, 4), (far, 8)])
        {
            string head = m.Op("Concat", [m.Conv(map, C, 4 * Bins, 1), m.Conv(map, C, Classes, 1)], Axis(1));
            heads.Add(m.Reshape(head, m.Size(head, 0), $"{4 * Bins + Classes}", "-1"));
            string h = m.Size(map, 2), w = m.Size(map, 3), grid = m.Shape(h, w);
            string Centres(string count, params long[] shape)
            {
                string at = m.Op("Add", [m.Op("Cast", [m.Op("Range", [m.Int(0), count, m.Int(1)])], To(DataType.Float32)), m.Float(0.5)]);
                return m.Op("Unsqueeze", [m.Op("Expand", [m.Op("Reshape", [at, m.Ints(shape)]), grid]), m.Ints(-1)]);
            }

            anchors.Add(m.Op("Reshape", [m.Op("Concat", [Centres(w, 1, -1), Centres(h, -1, 1)], Axis(-1)), m.Ints(-1, 2)]));
            strides.Add(m.Op("Expand", [m.Float(stride), m.Shape(m.Op("Mul", [h, w]), "1")]));
        }

        string anchor = m.Op("Unsqueeze", [m.Transpose(m.Op("Concat", [.. anchors], Axis(0)), 1, 0), m.Ints(0)]);
        string[] parts = m.Ops("Split", 2, [m.Op("Concat", [.. heads], Axis(2)), m.Ints(4 * Bins, Classes)], Axis(1));
        string bins = m.Transpose(m.Reshape(parts[0], m.Size(parts[0], 0), "4", $"{Bins}", m.Size(parts[0], 2)), 0, 2, 1, 3);
        string sides = m.Op("Conv", [m.Op("Softmax", [bins], Axis(1)), m.Weights(new float[] { 0, 1, 2, 3 }, 1, Bins, 1, 1)], Attr("kernel_shape", 1, 1));
        sides = m.Reshape(sides, m.Size(parts[0], 0), "4", "-1");
        string low = m.Op("Sub", [anchor, m.Slice(sides, m.Ints(0), m.Ints(2), 1)]), high = m.Op("Add", [m.Slice(sides, m.Ints(2), m.Ints(4), 1), anchor]);
        string box = m.Op("Concat", [m.Op("Div", [m.Op("Add", [low, high]), m.Float(2)]), m.Op("Sub", [high, low])], Axis(1));
        box = m.Op("Mul", [box, m.Transpose(m.Op("Concat", [.. strides], Axis(0)), 1, 0)]);
        return m.Build(m.Op("Concat", [box, m.Op("Sigmoid", [parts[1]])], Axis(1)));
    }

    [Fact]
    public void Yolo8_with_anchors_from_the_shape() => EngineComparison.AssertAgreesInTurn(Yolo8(),
        [[EngineComparison.Random(1, 1, 3, 32, 48)], [EngineComparison.Random(2, 2, 3, 64, 32)]]);

    /// <summary>YOLOv5 of opset 12 with the Focus slices, and with suppression and the choice of the best in the graph.</summary>
    private static ModelProto Yolo5()
    {
        const long Anchors = 3, Width = 7;
        ExportedModel m = new(12);
        m.Input("images", 1, 3, "h", "w");
        string Pixels(long row, long column) =>
            m.Slice(m.Slice("images", m.Ints(row), m.Ints(long.MaxValue), 2, 2), m.Ints(column), m.Ints(long.MaxValue), 3, 2);
        string x = m.Op("Concat", [Pixels(0, 0), Pixels(1, 0), Pixels(0, 1), Pixels(1, 1)], Axis(1));
        x = m.Op("LeakyRelu", [m.Conv(x, 12, 8, 3)], AttributeProto.Of("alpha", 0.1f));
        x = m.Conv(x, 8, 8, 3, 2);
        x = m.Conv(m.Op("Mul", [x, m.Op("Tanh", [m.Op("Softplus", [x])])]), 8, Anchors * Width, 1);
        string Size12(long axis) => m.Op("Unsqueeze", [m.Size(x, axis)], Attr("axes", 0));
        string split = m.Op("Concat", [m.Ints(1, Anchors, Width), Size12(2), Size12(3)], Axis(0));
        x = m.Op("Sigmoid", [m.Transpose(m.Op("Reshape", [x, split]), 0, 1, 3, 4, 2)]);
        string Field(string v, long from, long to, long axis) => m.Slice(v, m.Ints(from), m.Ints(to), axis);
        string xy = m.Op("Mul", [m.Op("Sub", [m.Op("Mul", [Field(x, 0, 2, 4), m.Float(2)]), m.Float(0.5)]), m.Float(4)]);
        string sides = m.Weights(new float[] { 4, 5, 6, 7, 8, 12 }, 1, Anchors, 1, 1, 2);
        string wh = m.Op("Mul", [m.Op("Pow", [m.Op("Mul", [Field(x, 2, 4, 4), m.Float(2)]), m.Float(2)]), sides]);
        string y = m.Op("Reshape", [m.Op("Concat", [xy, wh, Field(x, 4, long.MaxValue, 4)], Axis(-1)), m.Ints(1, -1, Width)]);
        string scores = m.Transpose(m.Op("Mul", [Field(y, 5, long.MaxValue, 2), Field(y, 4, 5, 2)]), 0, 2, 1), boxes = Field(y, 0, 4, 2);
        string kept = m.Op("NonMaxSuppression", [boxes, scores, m.Ints(10), m.Weights(new[] { 0.45f }, 1), m.Weights(new[] { 0.2f }, 1)], AttributeProto.Of("center_point_box", 1L));
        string places = m.Op("Gather", [kept, m.Ints(0, 2)], Axis(1)), score = m.Op("GatherND", [scores, kept]);
        string count = m.Op("Concat", [m.Ints(7), m.Slice(m.Op("Shape", [score]), m.Ints(0), m.Ints(1), 0)], Axis(0));
        string[] best = m.Ops("TopK", 2, [score, m.Op("ReduceMin", [count], Attr("axes", 0), AttributeProto.Of("keepdims", 1L))], Axis(0));
        return m.Build(m.Op("Gather", [m.Op("GatherND", [boxes, places]), best[1]]), best[0], m.Op("Gather", [m.Op("Gather", [kept, m.Ints(1)], Axis(1)), best[1]]));
    }

    [Fact]
    public void Yolo5_with_suppression_in_the_graph() => EngineComparison.AssertAgreesInTurn(Yolo5(),
        [[EngineComparison.Random(3, 1, 3, 32, 32)], [EngineComparison.Random(4, 1, 3, 40, 24)]]);

    /// <summary>SSD of TensorFlow through tf2onnx: uint8 NHWC pictures, a map as a Loop that resizes each, relu6 as Min and Max, detections padded.</summary>
    private static ModelProto Ssd()
    {
        ExportedModel m = new(13), body = new(13, "map");
        m.Input("image", DataType.UInt8, 1, -1, -1, 3);
        string pictures = m.Op("Cast", ["image"], To(DataType.Float32));
        body.Input("i", DataType.Int64);
        body.Input("go", DataType.Bool);
        string picture = body.Transpose(body.Op("Gather", [pictures, body.Op("Unsqueeze", ["i", body.Ints(0)])], Axis(0)), 0, 3, 1, 2);
        picture = body.Op("Resize", [picture, "", "", body.Ints(1, 3, 24, 24)], Text("coordinate_transformation_mode", "half_pixel"), Text("mode", "linear"));
        picture = body.Op("Squeeze", [body.Transpose(picture, 0, 2, 3, 1), body.Ints(0)]);
        body.Graph.Output(body.Op("Identity", ["go"]), DataType.Bool).Output(picture);
        string count = m.Op("Squeeze", [m.Slice(m.Op("Shape", [pictures]), m.Ints(0), m.Ints(1), 0), m.Ints(0)]);
        string x = m.Op("Loop", [count, m.Weights(new[] { true })], AttributeProto.Of("body", body.Graph.BuildGraph()));
        x = m.Transpose(m.Op("Sub", [m.Op("Mul", [x, m.Float(1 / 127.5)]), m.Float(1)]), 0, 3, 1, 2);
        string Same(string v, long from, long groups) => m.Op("Conv", [v, m.Weights(8, from, 3, 3), m.Weights(8)],
            Text("auto_pad", "SAME_UPPER"), Attr("kernel_shape", 3, 3), Attr("strides", 2, 2), AttributeProto.Of("group", groups));
        x = m.Op("Min", [m.Op("Max", [Same(x, 3, 1), m.Float(0)]), m.Float(6)]);
        x = m.Op("Clip", [Same(x, 1, 8), m.Float(0), m.Float(6)]);
        string Head(long width) => m.Op("Reshape", [m.Transpose(m.Conv(x, 8, 2 * width, 1), 0, 2, 3, 1), m.Ints(1, 72, width)]);
        string scores = m.Transpose(m.Op("Sigmoid", [Head(3)]), 0, 2, 1);
        string centres = m.Weights([.. Enumerable.Range(0, 144).Select(i => i / 2 % 36 / 36f)], 72, 2), place = m.Op("Squeeze", [Head(4), m.Ints(0)]);
        string centre = m.Op("Add", [m.Op("Mul", [m.Slice(place, m.Ints(0), m.Ints(2), -1), m.Float(0.1)]), centres]);
        string half = m.Op("Mul", [m.Op("Exp", [m.Slice(place, m.Ints(2), m.Ints(4), -1)]), m.Float(0.1)]);
        string boxes = m.Op("Concat", [m.Op("Sub", [centre, half]), m.Op("Add", [centre, half])], Axis(1));
        string kept = m.Op("NonMaxSuppression", [m.Op("Unsqueeze", [boxes, m.Ints(0)]), scores, m.Ints(20), m.Weights(new[] { 0.6f }, 1), m.Weights(new[] { 0.3f }, 1)]);
        string score = m.Op("GatherND", [scores, kept]), box = m.Op("GatherND", [boxes, m.Slice(kept, m.Ints(2), m.Ints(3), 1)]);
        string found = m.Op("Shape", [score]), missing = m.Op("Sub", [m.Ints(100), found]);
        score = m.Op("Pad", [score, m.Op("Concat", [m.Ints(0), missing], Axis(0)), m.Float(0)]);
        box = m.Op("Pad", [box, m.Op("Concat", [m.Ints(0, 0), missing, m.Ints(0)], Axis(0)), m.Float(0)]);
        string[] best = m.Ops("TopK", 2, [score, m.Ints(10)]);
        return m.Build(best[0], m.Op("Gather", [box, best[1]]), m.Op("Cast", [found], To(DataType.Float32)));
    }

    private static Tensor Picture(int height, int width)
    {
        var t = Tensor.Create<byte>(new Shape(1, height, width, 3));
        new Random(height).NextBytes(t.AsSpan<byte>());
        return t;
    }

    [Fact]
    public void Ssd_of_TensorFlow_with_a_map_over_pictures() => EngineComparison.AssertAgreesInTurn(Ssd(), [[Picture(40, 30)], [Picture(57, 61)]]);

    /// <summary>U-Net whose decoder pads to what the encoder had: F.pad with sizes from the graph, then a Resize to the picture's size.</summary>
    private static ModelProto Unet()
    {
        ExportedModel m = new(13);
        m.Input("x", "b", 1, "h", "w");
        string Block(string x, long from, long to) => m.Op("Relu", [m.BatchNorm(m.Conv(x, from, to, 3), to)]);
        string first = Block("x", 1, 8), second = Block(m.MaxPool(first, 2, 2), 8, 16), third = Block(m.MaxPool(second, 2, 2), 16, 16);
        string up = m.Op("ConvTranspose", [third, m.Weights(16, 16, 2, 2), m.Weights(16)], Attr("kernel_shape", 2, 2), Attr("strides", 2, 2));
        string Missing(long axis) => m.Op("Sub", [m.Size(second, axis), m.Size(up, axis)]);
        string across = Missing(3), down = Missing(2), left = m.Op("Div", [across, m.Int(2)]), top = m.Op("Div", [down, m.Int(2)]);
        string pads = m.Shape(left, m.Op("Sub", [across, left]), top, m.Op("Sub", [down, top]));
        string none = m.Op("ConstantOfShape", [m.Ints(4)], AttributeProto.Of("value", OnnxGraphBuilder.Tensor("", [0L], 1)));
        pads = m.Op("Reshape", [m.Op("Concat", [pads, none], Axis(0)), m.Ints(-1, 2)]);
        pads = m.Op("Reshape", [m.Transpose(m.Slice(pads, m.Ints(-1), m.Ints(long.MinValue), 0, -1), 1, 0), m.Ints(-1)]);
        string x = Block(m.Op("Concat", [second, m.Op("Pad", [up, pads, m.Float(0)])], Axis(1)), 32, 8);
        string size = m.Op("Concat", [m.Slice(m.Op("Shape", [x]), m.Ints(0), m.Ints(2), 0), m.Slice(m.Op("Shape", ["x"]), m.Ints(2), m.Ints(4), 0)], Axis(0));
        x = m.Op("Resize", [x, "", "", size], Text("coordinate_transformation_mode", "align_corners"), Text("mode", "linear"));
        return m.Build(m.Op("Sigmoid", [m.Conv(Block(m.Op("Concat", [first, x], Axis(1)), 16, 8), 8, 1, 1)]));
    }

    [Fact]
    public void Unet_of_any_size() => EngineComparison.AssertAgreesInTurn(Unet(),
        [[EngineComparison.Random(5, 1, 1, 32, 32)], [EngineComparison.Random(6, 2, 1, 27, 38)]]);
}
