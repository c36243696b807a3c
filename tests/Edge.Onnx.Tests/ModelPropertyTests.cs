using CsCheck;
using Edge.Onnx.Wire;
using Xunit;

namespace Edge.Onnx.Tests;

/// <summary>What holds for every model that can be built.</summary>
public sealed class ModelPropertyTests
{
    private const int Samples = 300;

    [Fact]
    public void A_model_that_is_written_and_read_is_equal_in_every_field_and_byte() => new RandomModel().Sample(
        model =>
        {
            byte[] written = RoundTripTests.Write(model);
            ModelProto read = OnnxReader.Read(written, "random.onnx");
            Assert.Equal(FieldDump.Of(model), FieldDump.Of(read));
            Assert.Equal(written, RoundTripTests.Write(read));
        },
        iter: Samples,
        print: FieldDump.Of);

    [Fact]
    public void The_writers_buffer_makes_no_difference() => Gen.Select(new RandomModel(), Gen.Int[WritingSink.MaxVarint, 300]).Sample(
        (model, bufferLength) =>
        {
            MeasuringSink measured = new();
            model.WriteAll(measured);
            using MemoryStream stream = new();
            WritingSink sink = new(stream, measured.Sizes, bufferLength);
            model.WriteAll(sink);
            sink.Flush();
            Assert.Equal(RoundTripTests.Write(model), stream.ToArray());
        },
        iter: Samples,
        print: sample => FieldDump.Of(sample.Item1));

    [Fact]
    public void Two_files_one_after_the_other_are_the_two_models_merged() => Gen.Select(new RandomModel(), new RandomModel()).Sample(
        (first, second) =>
        {
            byte[] both = [.. RoundTripTests.Write(first), .. RoundTripTests.Write(second)];
            ModelProto merged = OnnxReader.Read(both, "random.onnx");
            Assert.Equal(first.Graph.Nodes.Count + second.Graph.Nodes.Count, merged.Graph.Nodes.Count);
            Assert.Equal(first.Functions.Count + second.Functions.Count, merged.Functions.Count);
            Assert.Equal(second.Has(1) ? second.IrVersion : first.IrVersion, merged.IrVersion);
            Assert.Equal(second.Graph.Has(2) ? second.Graph.Name : first.Graph.Name, merged.Graph.Name);
        },
        iter: Samples,
        print: sample => $"{FieldDump.Of(sample.Item1)}\n----\n{FieldDump.Of(sample.Item2)}");

    [Fact]
    public void Every_field_of_onnx_proto_occurs_in_random_models_under_its_number_and_name()
    {
        SchemaSink seen = new();
        PCG pcg = new(1, 2026);
        for (int i = 0; i < 3000; i++) new RandomModel().Generate(pcg, null, out _).WriteAll(seen.Entering(nameof(ModelProto)));

        Assert.Equal(OnnxSchema.Fields.Order(StringComparer.Ordinal), seen.Fields.Order(StringComparer.Ordinal));
    }

    /// <summary>Notes every field as "message number name type".</summary>
    private sealed class SchemaSink : FieldSink
    {
        private string _message = "";

        public HashSet<string> Fields { get; } = [];

        public SchemaSink Entering(string message)
        {
            _message = message;
            return this;
        }

        public override void Int64(int field, string name, long value) => Note(field, name, "varint");

        public override void Float(int field, string name, float value) => Note(field, name, "float");

        public override void String(int field, string name, string value) => Note(field, name, "string");

        public override void Bytes(int field, string name, ReadOnlyMemory<byte> value) => Note(field, name, "bytes");

        public override void PackedInt32s(int field, string name, List<int>? values) => Note(field, name, "packed int32");

        public override void PackedInt64s(int field, string name, List<long>? values) => Note(field, name, "packed int64");

        public override void PackedUInt64s(int field, string name, List<ulong>? values) => Note(field, name, "packed uint64");

        public override void PackedFloats(int field, string name, List<float>? values) => Note(field, name, "packed float");

        public override void PackedDoubles(int field, string name, List<double>? values) => Note(field, name, "packed double");

        public override void Unknown(List<ReadOnlyMemory<byte>> fields)
        {
        }

        protected override void Present(int field, string name, OnnxMessage message)
        {
            Note(field, name, message.GetType().Name);
            string outer = _message;
            _message = message.GetType().Name;
            message.WriteAll(this);
            _message = outer;
        }

        private void Note(int field, string name, string type) => Fields.Add($"{_message} {field} {name} {type}");
    }
}
