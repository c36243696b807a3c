using System.IO.Compression;
using CsCheck;
using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Runtime;
using Edge.Tensors;
using Xunit;

namespace Edge.Quantization.Tests.Calibration;

public sealed class ArrayCalibrationSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edge-npy").FullName;

    private static TensorInfo X(params int[] dims) => new("x", DataType.Float32, [.. dims.Select(d => new Dimension(d))]);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string File(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    private static float[][] Read(ArrayCalibrationSource source, params TensorInfo[] inputs) =>
        [.. source.Read(inputs).Select(s => s.SelectMany(t => t.AsSpan<float>().ToArray()).ToArray())];

    [Fact]
    public void The_leading_dimension_counts_samples()
    {
        ArrayCalibrationSource source = ArrayCalibrationSource.Open(File("a.npy", NpyWriter.Npy("<f4", "3, 2", NpyWriter.Bytes(1f, 2, 3, 4, 5, 6))));
        Assert.Null(source.Count);
        Assert.Equal([[1f, 2], [3, 4], [5, 6]], Read(source, X(-1, 2)));
        Assert.Equal(3, source.Count);
        Assert.Equal([1, 2], source.Read([X(-1, 2)]).First()[0].Shape.ToArray());
    }

    [Fact]
    public void A_source_gives_the_same_samples_each_time()
    {
        ArrayCalibrationSource source = ArrayCalibrationSource.Open(File("a.npy", NpyWriter.Npy("<f4", "2, 1", NpyWriter.Bytes(1f, 2))));
        Assert.Equal(Read(source, X(1, 1)), Read(source, X(1, 1)));
    }

    [Fact]
    public void A_fixed_batch_takes_so_many_rows_at_a_time() =>
        Assert.Equal([[1f, 2], [3, 4]], Read(ArrayCalibrationSource.Open(File("a.npy", NpyWriter.Npy("<f4", "4, 1", NpyWriter.Bytes(1f, 2, 3, 4)))), X(2, 1)));

    [Fact]
    public void An_array_without_batch_dimension_is_one_sample() =>
        Assert.Equal([[1f, 2]], Read(ArrayCalibrationSource.Open(File("a.npy", NpyWriter.Npy("<f4", "2,", NpyWriter.Bytes(1f, 2)))), X(1, 2)));

    [Fact]
    public void An_array_of_whole_inputs_gives_one_after_the_other() =>
        Assert.Equal([[1f, 2], [3, 4]], Read(ArrayCalibrationSource.Open(File("a.npy", NpyWriter.Npy("<f4", "2, 2", NpyWriter.Bytes(1f, 2, 3, 4)))), X(2)));

    [Theory]
    [InlineData("<f8")]
    [InlineData("|u1")]
    [InlineData("|i1")]
    [InlineData("<i2")]
    [InlineData("<u2")]
    [InlineData("<i4")]
    [InlineData("<u4")]
    [InlineData("<i8")]
    [InlineData("<u8")]
    [InlineData("<f2")]
    public void Numbers_become_float_by_value(string descr)
    {
        byte[] elements = descr switch
        {
            "<f8" => NpyWriter.Bytes(3d, 100),
            "|u1" => [3, 100],
            "|i1" => [3, 100],
            "<i2" => NpyWriter.Bytes<short>(3, 100),
            "<u2" => NpyWriter.Bytes<ushort>(3, 100),
            "<i4" => NpyWriter.Bytes(3, 100),
            "<u4" => NpyWriter.Bytes<uint>(3, 100),
            "<i8" => NpyWriter.Bytes<long>(3, 100),
            "<u8" => NpyWriter.Bytes<ulong>(3, 100),
            _ => NpyWriter.Bytes((Half)3, (Half)100),
        };
        Assert.Equal([[3f, 100]], Read(ArrayCalibrationSource.Open(File("a.npy", NpyWriter.Npy(descr, "1, 2", elements))), X(1, 2)));
    }

    [Fact]
    public void Negative_integers_keep_their_sign() =>
        Assert.Equal([[-3f, -128]], Read(ArrayCalibrationSource.Open(File("a.npy", NpyWriter.Npy("|i1", "1, 2", [unchecked((byte)-3), 128]))), X(1, 2)));

    [Theory]
    [InlineData(CompressionLevel.NoCompression, 1)]
    [InlineData(CompressionLevel.Optimal, 2)]
    [InlineData(CompressionLevel.Optimal, 3)]
    public void The_arrays_of_an_archive_go_to_the_inputs_of_their_names(CompressionLevel level, byte version)
    {
        byte[] npz = NpyWriter.Npz(level,
            ("b", NpyWriter.Npy("<f4", "2, 1", NpyWriter.Bytes(10f, 20), major: version)),
            ("a", NpyWriter.Npy("<f4", "2, 2", NpyWriter.Bytes(1f, 2, 3, 4), major: version)));
        TensorInfo a = X(1, 2) with { Name = "a" }, b = X(1, 1) with { Name = "b" };
        Assert.Equal([[1f, 2, 10], [3, 4, 20]], Read(ArrayCalibrationSource.Open(File("s.npz", npz)), a, b));
    }

    [Fact]
    public void The_files_of_a_folder_follow_each_other_by_name()
    {
        File("2.npy", NpyWriter.Npy("<f4", "1, 1", NpyWriter.Bytes(2f)));
        File("1.npz", NpyWriter.Npz(CompressionLevel.Fastest, ("any", NpyWriter.Npy("<f4", "1, 1", NpyWriter.Bytes(1f)))));
        File("notes.txt", []);
        Assert.Equal([[1f], [2f]], Read(ArrayCalibrationSource.Open(_folder), X(1, 1)));
    }

    [Fact]
    public void Bare_numbers_are_read_with_type_and_shape_given()
    {
        ArrayCalibrationSource source = ArrayCalibrationSource.OpenRaw(File("x.bin", [1, 2, 3, 4]), DataType.UInt8, new Shape(1, 2));
        Assert.Equal([[1f, 2], [3, 4]], Read(source, X(1, 2)));
        Assert.Contains("not a whole number", Assert.Throws<ModelException>(() => ArrayCalibrationSource.OpenRaw(File("y.bin", [1, 2, 3]), DataType.UInt8, new Shape(1, 2))).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[], string> Malformed => new()
    {
        { "a.npy", [1, 2, 3], "not a NumPy array file" },
        { "a.npy", [0x93, .. "NUMPY"u8, 9, 0, 0, 0], "version 9 is not supported" },
        { "a.npy", [0x93, .. "NUMPY"u8, 2, 0, 255, 255, 255, 127], "claims 2147483647 bytes" },
        { "a.npy", [0x93, .. "NUMPY"u8, 1, 0, 100, 0, 32], "cut off" },
        { "a.npy", NpyWriter.Npy("<f4", "1, 2", [0, 0, 0]), "promises 8 bytes" },
        { "a.npy", NpyWriter.Npy("<f4", "4611686018427387904, 4611686018427387904", []), "too large" },
        { "a.npy", NpyWriter.Npy("<f4", "-1, 2", []), "negative" },
        { "a.npy", NpyWriter.Npy("<f4", "one, 2", []), "is not a number" },
        { "a.npy", NpyWriter.Npy("<f4", "2, 2", new byte[16], fortran: true), "ascontiguousarray" },
        { "a.npy", NpyWriter.Npy(">f4", "1, 1", new byte[4]), "element type '>f4' is not supported" },
        { "a.npy", NpyWriter.WithHeader("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", new byte[4]), "arrays of records" },
        { "a.npy", NpyWriter.WithHeader("{'descr': '<f4', 'shape': (1,), }", new byte[4]), "fortran_order is missing" },
        { "a.npz", [1, 2, 3], "not a valid .npz" },
        { "a.npz", NpyWriter.Npz(CompressionLevel.Optimal), "holds no .npy array" },
        { "a.npz", NpyWriter.Npz(CompressionLevel.Optimal, ("x", NpyWriter.Npy("<f4", "1000000, 1000000", []))), "cannot hold them" },
        { "a.txt", [], "supported: .npy, .npz" },
    };

    [Theory]
    [MemberData(nameof(Malformed), DisableDiscoveryEnumeration = true)]
    public void A_malformed_file_is_refused_by_name(string name, byte[] bytes, string expected)
    {
        string path = File(name, bytes);
        string message = Assert.Throws<ModelException>(() => ArrayCalibrationSource.Open(path)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.StartsWith(path, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_and_empty_folders_are_refused()
    {
        Assert.Contains("no such file", Assert.Throws<ModelException>(() => ArrayCalibrationSource.Open(Path.Combine(_folder, "no.npy"))).Message, StringComparison.Ordinal);
        Assert.Contains("no .npy or .npz", Assert.Throws<ModelException>(() => ArrayCalibrationSource.Open(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_that_ends_early_is_refused_while_it_is_read()
    {
        // Small enough that 30 compressed bytes could hold it.
        string path = File("a.npz", NpyWriter.Npz(CompressionLevel.Optimal, ("x", NpyWriter.Npy("<f4", "2, 8", new byte[32]))));
        Assert.Contains("end or are damaged in sample 1 of 2", Assert.Throws<ModelException>(() => Read(ArrayCalibrationSource.Open(path), X(1, 8))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_array_that_does_not_fit_names_both_shapes()
    {
        ArrayCalibrationSource source = ArrayCalibrationSource.Open(File("a.npy", NpyWriter.Npy("<f4", "2, 3", new byte[24])));
        string message = Assert.Throws<ModelException>(() => source.Read([X(1, 4)])).Message;
        Assert.Contains("shape [2,3] does not fit input 'x' of shape [1,4]", message, StringComparison.Ordinal);
        Assert.Contains("whole batches of 4", Assert.Throws<ModelException>(() => source.Read([X(4, 3)])).Message, StringComparison.Ordinal);
        Assert.Contains("no array for input 'x'", Assert.Throws<ModelException>(() => source.Read([X(1, 3), X(1, 3)])).Message, StringComparison.Ordinal);
        TensorInfo integers = new("x", DataType.Int64, [new Dimension(1), new Dimension(3)]);
        Assert.Contains("do not fit input 'x' of type int64", Assert.Throws<ModelException>(() => source.Read([integers])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fortran_order_of_a_single_row_is_plain_order() =>
        Assert.Equal([[1f, 2]], Read(ArrayCalibrationSource.Open(File("a.npy", NpyWriter.Npy("<f4", "1, 2", NpyWriter.Bytes(1f, 2), fortran: true))), X(1, 2)));

    [Fact]
    public void Damaged_headers_end_in_a_model_exception_or_are_read() =>
        Gen.Select(Gen.Int[0, 200], Gen.Byte, Gen.Int[0, 200]).Sample(
            (at, value, cut) =>
            {
                byte[] bytes = NpyWriter.Npy("<f4", "2, 2", new byte[16]);
                if (at < bytes.Length) bytes[at] = value;
                if (cut < 20) bytes = bytes[..cut];
                using var stream = new MemoryStream(bytes);
                try
                {
                    Assert.True(NpyHeader.Read(stream, "test").ByteLength >= 0);
                }
                catch (ModelException e)
                {
                    Assert.StartsWith("test", e.Message, StringComparison.Ordinal);
                }
            },
            iter: 2000);
}
