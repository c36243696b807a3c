using Edge.Testing;
using Xunit;

namespace Edge.Onnx.Tests;

/// <summary>Reading allocates no more than was charged, and no more is charged than the limits allow.</summary>
public sealed class MemoryLimitTests
{
    /// <summary>The reader's own objects: context, path, exception with its text and stack trace.</summary>
    private const long ReaderItself = 64 * 1024;

    private const int Count = 200_000;

    private static readonly Dictionary<string, Func<byte[]>> GreedyFiles = new()
    {
        ["empty nodes"] = () => WireFormatTests.Model(new WireBytes().Repeat(Count, wire => wire.Message(1, new WireBytes()))),
        ["empty initializers"] = () => WireFormatTests.Model(new WireBytes().Repeat(Count, wire => wire.Message(5, new WireBytes()))),
        ["empty sparse initializers"] = () => WireFormatTests.Model(new WireBytes().Repeat(Count, wire => wire.Message(15, new WireBytes()))),
        ["empty value infos"] = () => WireFormatTests.Model(new WireBytes().Repeat(Count, wire => wire.Message(13, new WireBytes()))),
        ["empty names"] = () => WireFormatTests.Model(new WireBytes().Message(1, new WireBytes().Repeat(Count, wire => wire.Text(1, "")))),
        ["short names"] = () => WireFormatTests.Model(new WireBytes().Message(1, new WireBytes().Repeat(Count, wire => wire.Text(1, "a")))),
        ["empty attributes"] = () => WireFormatTests.Model(new WireBytes().Message(1, new WireBytes().Repeat(Count, wire => wire.Message(5, new WireBytes())))),
        ["nodes of one empty attribute"] = () => WireFormatTests.Model(new WireBytes().Repeat(Count, wire => wire.Message(1, new WireBytes().Message(5, new WireBytes())))),
        ["empty functions"] = () => new WireBytes().Int(1, 8).Repeat(Count, wire => wire.Message(25, new WireBytes())).ToArray(),
        ["dimensions"] = () => WireFormatTests.Model(new WireBytes().Message(11, new WireBytes().Message(2, new WireBytes().Message(1, new WireBytes().Message(2, new WireBytes().Repeat(Count, wire => wire.Message(1, new WireBytes()))))))),
        ["packed numbers"] = () => WireFormatTests.Model(new WireBytes().Message(5, new WireBytes().Bytes(7, new byte[Count]))),
        ["unpacked numbers"] = () => WireFormatTests.Model(new WireBytes().Message(5, new WireBytes().Repeat(Count, wire => wire.Int(7, 1)))),
        ["packed numbers one at a time"] = () => WireFormatTests.Model(new WireBytes().Message(5, new WireBytes().Repeat(Count, wire => wire.Bytes(7, [1])))),
        ["empty byte strings"] = () => WireFormatTests.Model(new WireBytes().Message(5, new WireBytes().Repeat(Count, wire => wire.Bytes(6, [])))),
        ["scattered unknown fields"] = () => new WireBytes().Repeat(Count, wire => wire.Int(1, 8).Int(100, 1)).Message(7, new WireBytes()).ToArray(),
        ["one graph in many parts"] = () => new WireBytes().Int(1, 8).Repeat(Count, wire => wire.Message(7, new WireBytes().Message(1, new WireBytes()))).ToArray(),
        ["many small graphs"] = () => WireFormatTests.Model(new WireBytes().Message(1, new WireBytes().Message(5, new WireBytes().Repeat(Count, wire => wire.Message(11, new WireBytes().Message(1, new WireBytes())))))),
    };

    public static TheoryData<string> Greedy() => [.. GreedyFiles.Keys];

    [Theory]
    [MemberData(nameof(Greedy))]
    public void A_file_of_the_smallest_parts_takes_no_more_memory_than_its_length_allows(string what)
    {
        byte[] file = GreedyFiles[what]();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exception? error = Record.Exception(() => OnnxReader.Read(file, "m.onnx"));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(error is null or ModelException, $"{what}: {error}");
        Assert.True(allocated <= OnnxLimits.Default.MemoryFor(file.Length) + ReaderItself, $"{what}: {allocated:N0} bytes for {file.Length:N0}");
    }

    [Fact]
    public void A_file_of_empty_nodes_is_refused_by_name_of_the_limit()
    {
        byte[] file = WireFormatTests.Model(new WireBytes().Repeat(Count, wire => wire.Message(1, new WireBytes())));

        string message = Assert.Throws<ModelException>(() => OnnxReader.Read(file, "m.onnx")).Message;

        Assert.Matches(@"^m\.onnx: graph\.node: reading the model takes more than 13,848,768 bytes of memory, the limit for a file of 400,006 bytes \(OnnxLimits\) at offset \d+$", message);
    }

    [Fact]
    public void The_memory_limits_are_the_callers()
    {
        byte[] file = WireFormatTests.Model(new WireBytes().Repeat(1000, wire => wire.Message(1, new WireBytes().Text(1, "x"))));

        Assert.Equal(1000, OnnxReader.Read(file, "m.onnx", new OnnxLimits { MaxMemory = 400_000 }).Graph.Nodes.Count);
        Assert.Throws<ModelException>(() => OnnxReader.Read(file, "m.onnx", new OnnxLimits { MaxMemory = 100_000 }));
        Assert.Throws<ModelException>(() => OnnxReader.Read(file, "m.onnx", new OnnxLimits { BaseMemory = 0, MemoryPerFileByte = 10 }));
    }

    [Theory]
    [MemberData(nameof(RoundTripTests.Models), MemberType = typeof(RoundTripTests))]
    public void A_real_model_is_charged_what_it_allocates_and_far_below_the_limit(string path)
    {
        byte[] bytes = File.ReadAllBytes(SharedData.Require(path));
        OnnxReader.Read(bytes, path);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ModelProto model = new();
        long charged = OnnxReader.ReadInto(model, bytes, path, null);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, 0, charged + ReaderItself);
        Assert.InRange(charged, 0, OnnxLimits.Default.MemoryFor(bytes.Length) / 3);
    }

    [Fact]
    public void Every_message_is_charged_at_least_its_size()
    {
        Check<ModelProto>();
        Check<GraphProto>();
        Check<NodeProto>();
        Check<AttributeProto>();
        Check<TensorProto>();
        Check<TensorSegmentProto>();
        Check<SparseTensorProto>();
        Check<ValueInfoProto>();
        Check<TypeProto>();
        Check<TensorTypeProto>();
        Check<SparseTensorTypeProto>();
        Check<SequenceTypeProto>();
        Check<OptionalTypeProto>();
        Check<MapTypeProto>();
        Check<OpaqueTypeProto>();
        Check<TensorShapeProto>();
        Check<DimensionProto>();
        Check<OperatorSetIdProto>();
        Check<StringStringEntryProto>();
        Check<TensorAnnotation>();
        Check<FunctionProto>();
        Check<TrainingInfoProto>();
        Check<DeviceConfigurationProto>();
        Check<NodeDeviceConfigurationProto>();
        Check<ShardingSpecProto>();
        Check<ShardedDimProto>();
        Check<SimpleShardedDimProto>();
        Check<IntIntListEntryProto>();

        static void Check<T>() where T : OnnxMessage, new()
        {
            int charged = new T().Footprint;
            long before = GC.GetAllocatedBytesForCurrentThread();
            T message = new();
            long size = GC.GetAllocatedBytesForCurrentThread() - before;
            GC.KeepAlive(message);
            Assert.InRange(size, 24, charged);
            Assert.InRange(charged, size, size + 16);
        }
    }
}
