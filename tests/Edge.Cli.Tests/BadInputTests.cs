using static Edge.Cli.Tests.CommandLine;

namespace Edge.Cli.Tests;

public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public BadInputTests() => _model = _folder.File("colors.onnx", MadeModels.Colors());

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("inspect")]
    [InlineData("bench")]
    [InlineData("digest")]
    public void A_model_that_is_not_there(string command) =>
        Assert.Equal($"{_folder["absent.onnx"]}: there is no such file", Fails(command, _folder["absent.onnx"]));

    [Fact]
    public void A_file_that_is_no_ONNX_model() =>
        Assert.Equal($"{_folder["readme.onnx"]}: not an ONNX model: it is text", Fails("inspect", _folder.File("readme.onnx", "# This is a text, and no model at all\n")));

    [Fact]
    public void An_empty_file() => Assert.Equal($"{_folder["empty.onnx"]}: the file is empty", Fails("inspect", _folder.File("empty.onnx", "")));

    [Fact]
    public void A_truncated_model() =>
        Assert.Equal($"{_folder["cut.onnx"]}: graph: length 2459 at offset 15 exceeds the 103 bytes that are left", Fails("inspect", _folder.File("cut.onnx", MadeModels.Colors()[..120])));

    [Fact]
    public void An_operator_that_is_not_supported() =>
        Assert.Equal("odd.onnx: Frobnicate 'Frobnicate_0': the operator is not supported; `edge operators` lists those that are", Fails("bench", _folder.File("odd.onnx", MadeModels.WithUnknownOperator())));

    [Fact]
    public void A_kernel_set_that_does_not_exist() =>
        Assert.StartsWith("kernel set 'mmx': there is no such set; this CPU can run ", Fails("bench", _model, "--isa", "mmx"), StringComparison.Ordinal);

    [Theory]
    [InlineData("inspect")]
    [InlineData("bench")]
    [InlineData("digest")]
    public void A_free_dimension_that_cannot_be_1(string command)
    {
        string path = _folder.File("windows.onnx", MadeModels.Windows());
        var ran = Execute(command, path, "--dim", "batch=2");
        Assert.Equal(1, ran.Code);
        Assert.StartsWith("edge: windows.onnx: Conv 'Conv_0': the kernel reaches over 3 elements", ran.Error, StringComparison.Ordinal);
        Assert.EndsWith("; free dimensions count 1 where their size is not given: --dim x.2=SIZE", ran.Error.TrimEnd(), StringComparison.Ordinal);
        // What the file says is shown all the same.
        Assert.Equal(command == "inspect", ran.Output.Contains("input       x: float[batch,1,?]", StringComparison.Ordinal));
        Succeeds(command, path, "--dim", "batch=2", "x.2=9");
    }

    [Theory]
    [InlineData("batch", "--dim batch: write name=size with a size of at least 1, such as batch=1")]
    [InlineData("batch=0", "--dim batch=0: write name=size with a size of at least 1, such as batch=1")]
    [InlineData("batch=two", "--dim batch=two: write name=size with a size of at least 1, such as batch=1")]
    [InlineData("=3", "--dim =3: write name=size with a size of at least 1, such as batch=1")]
    [InlineData("depth=3", "--dim depth: the model has no such dimension; its free dimensions: batch")]
    public void A_dimension_that_makes_no_sense(string dimension, string message) =>
        Assert.Equal(message, Fails("bench", _folder.File("rows.onnx", MadeModels.Rows()), "--dim", dimension));

    [Fact]
    public void A_dimension_that_is_given_twice() =>
        Assert.Equal("--dim batch=2: the size of 'batch' is given twice", Fails("bench", _folder.File("rows.onnx", MadeModels.Rows()), "--dim", "batch=1", "batch=2"));

    [Fact]
    public void Arrays_of_the_wrong_shape()
    {
        string data = _folder.File("wrong.npy", NumpyFile.Of<float>("<f4", new float[2 * 3 * 4 * 4], 2, 3, 4, 4));
        Assert.Equal($"{data}: shape [2,3,4,4] does not fit input 'image' of shape [1,3,8,8]", Fails("verify", _model, _model, "--data", data));
    }

    [Fact]
    public void Arrays_of_the_wrong_type()
    {
        string data = _folder.File("complex.npy", NumpyFile.Of<double>("<c16", new double[2 * 3 * 8 * 8], 1, 3, 8, 8));
        Assert.Equal($"{data}: element type '<c16' is not supported; supported: little-endian f2 f4 f8 u1 u2 u4 u8 i1 i2 i4 i8 and b1", Fails("verify", _model, _model, "--data", data));
    }

    [Fact]
    public void Data_that_is_not_there() =>
        Assert.Equal($"{_folder["absent"]}: no such folder", Fails("verify", _model, _model, "--data", _folder["absent"]));

    [Fact]
    public void A_folder_without_pictures()
    {
        Directory.CreateDirectory(_folder["empty"]);
        Assert.Equal($"{_folder["empty"]}: the folder is empty; pictures end in .jpg .jpeg .png .bmp", Fails("quantize", _model, "-o", _folder["o.onnx"], "--calibrate", _folder["empty"]));
        _folder.File("empty/notes.txt", "none");
        Assert.Equal($"{_folder["empty"]}: no picture among its 1 files; pictures end in .jpg .jpeg .png .bmp", Fails("quantize", _model, "-o", _folder["o.onnx"], "--calibrate", _folder["empty"]));
    }

    [Fact]
    public void A_picture_that_cannot_be_read()
    {
        _folder.File("pictures/a.jpg", "no picture");
        Assert.Equal($"{_folder["pictures/a.jpg"]}: not a JPEG, PNG or BMP picture", Fails("verify", _model, _model, "--data", _folder["pictures"]));
    }

    [Fact]
    public void A_model_that_takes_no_pictures()
    {
        MadePictures.Solid(_folder, "pictures/red.png", 255, 0, 0);
        Assert.Equal("the model takes 2 inputs (a: float[1,3,8,8]; b: float[1,3,8,8]); pictures can feed only one: use a .npz file", Fails("verify", _folder.File("two.onnx", MadeModels.TwoInputs()), _folder["two.onnx"], "--data", _folder["pictures"]));
        Assert.Equal("input 'x' (float[?,4]) takes no pictures: pictures have 4 dimensions, batch included", Fails("verify", _folder.File("rows.onnx", MadeModels.Rows()), _folder["rows.onnx"], "--data", _folder["pictures"]));
    }

    [Theory]
    [InlineData("colour=rgb", "--preprocess: unknown key 'colour'; valid keys: roi resize crop letterbox align fill interpolation color layout scale mean std")]
    [InlineData("scale=big", "--preprocess: scale: 'big' is not a number")]
    [InlineData("resize=256", "--preprocess: resize=256 leaves the longer side open: add crop=256, or write resize=256x256")]
    public void Preprocessing_that_makes_no_sense(string text, string message)
    {
        MadePictures.Solid(_folder, "pictures/red.png", 255, 0, 0);
        Assert.Equal(message, Fails("verify", _model, _model, "--data", _folder["pictures"], "--preprocess", text));
    }

    [Fact]
    public void Models_that_cannot_be_compared()
    {
        MadePictures.Solid(_folder, "pictures/red.png", 255, 0, 0);
        Assert.Equal($"{_model} and {_folder["two.onnx"]} cannot be compared: their inputs and outputs differ (image: float[1,3,8,8] → 1 outputs; a: float[1,3,8,8]; b: float[1,3,8,8] → 1 outputs)", Fails("verify", _model, _folder.File("two.onnx", MadeModels.TwoInputs()), "--data", _folder["pictures"]));
    }

    [Fact]
    public void An_output_that_cannot_be_written()
    {
        MadePictures.Solid(_folder, "pictures/red.png", 255, 0, 0);
        string calibrate = _folder["pictures"];
        Assert.Equal($"{_folder["absent"]}: no such folder", Fails("quantize", _model, "-o", _folder["absent/o.onnx"], "--calibrate", calibrate));
        Assert.Equal($"{_folder["pictures"]}: a folder, where the quantized model is to be written", Fails("quantize", _model, "-o", _folder["pictures"], "--calibrate", calibrate));
        Assert.Equal($"{_model}: the quantized model would overwrite its source", Fails("quantize", _model, "-o", _model, "--calibrate", calibrate));
    }
}
