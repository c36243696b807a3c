using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Onnx.Tests;

/// <summary>
/// Damaged files: whatever was done to one, it is read or refused with a <see cref="ModelException"/>, within its memory
/// limit. Seeds are fixed, so that a failure can be run again.
/// </summary>
public sealed class FuzzTests
{
    private const int Mutations = 10_000;
    private const long ReaderItself = 64 * 1024;

    [Fact]
    public void A_model_cut_short_at_any_byte_is_read_or_refused()
    {
        byte[] file = Sample();

        int refused = 0;
        for (int length = 0; length < file.Length; length++) refused += IsRefused(file[..length]) ? 1 : 0;

        // Sound are only the cuts between two fields of the model itself, after its graph.
        Assert.InRange(refused, file.Length - 20, file.Length - 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_damaged_model_is_read_or_refused(int seed)
    {
        byte[] file = Sample();
        Random random = new(seed);
        int refused = 0;
        for (int i = 0; i < Mutations; i++) refused += IsRefused(Damaged(file, random)) ? 1 : 0;

        // Both happen often, or the damage would test nothing.
        Assert.InRange(refused, Mutations / 10, Mutations * 9 / 10);
    }

    [Fact]
    public void Random_bytes_are_read_or_refused()
    {
        Random random = new(3);
        byte[] file = new byte[64];
        for (int i = 0; i < Mutations; i++)
        {
            random.NextBytes(file);
            IsRefused(file);
            file[0] = 0x3A; // A graph of 62 bytes.
            file[1] = 62;
            IsRefused(file);
        }
    }

    [Theory]
    [MemberData(nameof(RoundTripTests.Models), MemberType = typeof(RoundTripTests))]
    public void A_damaged_real_model_is_read_or_refused(string path)
    {
        byte[] file = File.ReadAllBytes(SharedData.Require(path));
        Random random = new(4);
        for (int i = 0; i < 5; i++) IsRefused(Damaged(file, random));
    }

    /// <summary>Uses a file as a loader would: reads it, asks for each constant's elements, writes it again.</summary>
    private static bool IsRefused(byte[] file)
    {
        long limit = OnnxLimits.Default.MemoryFor(file.Length) + ReaderItself;
        long before = GC.GetAllocatedBytesForCurrentThread();
        ModelProto? model = null;
        try
        {
            model = OnnxReader.Read(file, "damaged.onnx");
        }
        catch (ModelException e)
        {
            Assert.DoesNotContain('\n', e.Message);
            Assert.StartsWith("damaged.onnx: ", e.Message, StringComparison.Ordinal);
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= limit, $"{allocated:N0} bytes for a file of {file.Length:N0}");
        if (model is null) return true;

        foreach (TensorProto tensor in model.Graph.Initializers) AskForBytes(tensor);
        byte[] written = RoundTripTests.Write(model);
        Assert.Equal(FieldDump.Of(model), FieldDump.Of(OnnxReader.Read(written, "damaged.onnx")));
        return false;
    }

    private static void AskForBytes(TensorProto tensor)
    {
        try
        {
            tensor.GetBytes();
        }
        catch (ModelException e)
        {
            Assert.StartsWith("tensor '", e.Message, StringComparison.Ordinal);
        }
    }

    private static byte[] Damaged(byte[] file, Random random)
    {
        List<byte> bytes = [.. file];
        for (int changes = 1 + random.Next(3); changes > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 20), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes[at] = 0xFF; break;
                case 3: bytes.InsertRange(at, [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]); break;
                case 4: bytes.RemoveRange(at, length); break;
                case 5: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length)); break;
                default: bytes[at] = (byte)random.Next(128); break;
            }
            if (bytes.Count == 0) bytes.Add(0);
        }
        return [.. bytes];
    }

    /// <summary>A small model that has most kinds of fields, subgraph and typed tensors included.</summary>
    private static byte[] Sample()
    {
        GraphProto branch = new OnnxGraphBuilder().Node("Relu", ["x"], ["t"]).Output("t").BuildGraph();
        TensorProto typed = new() { Name = "typed", DataType = (int)ElementType.UInt8, Dims = [3], Int32Data = [1, 200, 3] };
        OnnxGraphBuilder builder = new OnnxGraphBuilder(opset: 17)
            .Input("x", DataType.Float32, "N", 3, 8)
            .Initializer("w", new float[] { 1, 2, 3, 4 }, 2, 2)
            .Initializer(typed)
            .Initializer(new TensorProto { Name = "longs", DataType = (int)ElementType.Int64, Dims = [2], Int64Data = [-1, 300] })
            .Node("Conv", ["x", "w", ""], ["c"], AttributeProto.Of("pads", 1L, 1L), AttributeProto.Of("auto_pad", "NOTSET"), AttributeProto.Of("alpha", 0.5f))
            .Node("If", ["c"], ["y"], AttributeProto.Of("then_branch", branch), AttributeProto.Of("value", typed), AttributeProto.Of("scales", 1f, 2f))
            .Output("y", DataType.Float32, "N", -1);
        return builder.ToBytes();
    }
}
