using Edge.Testing;
using Xunit;

namespace Edge.Onnx.Tests;

/// <summary>What is read and written back is the same: every field with its presence, unknown ones included, and the same bytes.</summary>
public sealed class RoundTripTests
{
    public static TheoryData<string> Models()
    {
        TheoryData<string> models = [.. SharedData.List("models", ".onnx"), .. SharedData.List("models-int8", ".onnx")];
        // Without the data one row remains, which SharedData.Require skips visibly.
        return models.Count != 0 ? models : ["models"];
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_real_model_is_written_as_it_was_read(string path)
    {
        using OnnxFile file = OnnxFile.Open(SharedData.Require(path));
        byte[] bytes = File.ReadAllBytes(SharedData.Require(path));

        byte[] written = Write(file.Model);

        Assert.Equal(FieldDump.Of(file.Model), FieldDump.Of(OnnxReader.Read(written, path)));
        Assert.True(bytes.AsSpan().SequenceEqual(written), $"{path} differs from byte {bytes.AsSpan().CommonPrefixLength(written)}");
    }

    [Fact]
    public void Every_model_and_tensor_of_the_conformance_suite_is_written_as_it_was_read()
    {
        string root = SharedData.RequireUnpacked("conformance/onnx-v1.22.0-backend-node.tar.gz");
        int models = 0;
        int tensors = 0;
        foreach (string path in Directory.EnumerateFiles(root, "model.onnx", SearchOption.AllDirectories))
        {
            byte[] bytes = File.ReadAllBytes(path);
            ModelProto model = OnnxReader.Read(bytes, path);
            Assert.True(bytes.AsSpan().SequenceEqual(Write(model)), path);
            Assert.DoesNotContain(" unknown ", FieldDump.Of(model), StringComparison.Ordinal);
            models++;
            foreach (string folder in Directory.EnumerateDirectories(Path.GetDirectoryName(path)!, "test_data_set_*"))
            {
                tensors += CheckTensors(folder, "input", model.Graph.Inputs);
                tensors += CheckTensors(folder, "output", model.Graph.Outputs);
            }
        }
        Assert.Equal(1765, models);
        Assert.True(tensors > 5000, $"{tensors} tensors");
    }

    /// <summary>Reads the tensors among the test data of one side and compares their elements' size with their shape.</summary>
    private static int CheckTensors(string folder, string side, List<ValueInfoProto> values)
    {
        int count = 0;
        for (int i = 0; i < values.Count; i++)
        {
            string path = Path.Combine(folder, $"{side}_{i}.pb");
            if (values[i].Type?.Tensor is null || !File.Exists(path)) continue;
            byte[] bytes = File.ReadAllBytes(path);
            TensorProto tensor = OnnxReader.ReadTensor(bytes, path);
            using MemoryStream written = new();
            OnnxWriter.Write(tensor, written);
            Assert.True(bytes.AsSpan().SequenceEqual(written.ToArray()), path);
            if (tensor.ElementType != ElementType.String) Assert.Equal(TensorElements.ByteLength(tensor), tensor.GetBytes().Length);
            count++;
        }
        return count;
    }

    internal static byte[] Write(ModelProto model)
    {
        using MemoryStream stream = new();
        OnnxWriter.Write(model, stream);
        Assert.Equal(OnnxWriter.Measure(model), stream.Length);
        return stream.ToArray();
    }
}
