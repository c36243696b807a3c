using System.Globalization;
using Edge.Quantization.Calibration;
using Edge.Tensors;
using Edge.Testing;
using StbImageSharp;

namespace Edge.Quantization.Tests.RealModels;

/// <summary>
/// A model of the shared data with inputs to calibrate it on and others, with labels, to judge it by; preprocessing as
/// DATA.md describes it. Reading anything skips the test where the data is absent.
/// </summary>
/// <param name="Name">As DATA.md names it.</param>
/// <param name="Path">The fp32 model under <c>shared/data</c>.</param>
/// <param name="Calibration">Inputs that ranges are observed on; none of them is among <paramref name="Samples"/>.</param>
/// <param name="Samples">Inputs and labels; −1 where there is none.</param>
/// <param name="FirstClass">Index of the output that is class 0.</param>
/// <param name="Large">
/// Too much work for our kernels in a debug build: ranges come from ONNX Runtime, and every 25th sample is compared instead
/// of every fourth.
/// </param>
internal sealed record LabelledModel(
    string Name, string Path, Func<IEnumerable<Tensor>> Calibration, Func<IEnumerable<(Tensor Input, int Label)>> Samples, int FirstClass = 0, bool Large = false)
{
    private static readonly string[] CifarClasses = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    public static IReadOnlyList<LabelledModel> All { get; } =
    [
        new("resnet20", "models/cifar_resnet/resnet20-12fca82f.onnx", () => Cifar(900, 910, Normalized).Select(s => s.Input), () => Cifar(0, 60, Normalized)),
        new("ic_resnet8", "models/mlperf_tiny/ic_resnet8_fp32.onnx", () => Cifar(900, 910, Bytes).Select(s => s.Input), () => Cifar(0, 60, Bytes)),
        new("ic_resnet8_large", "models/mlperf_tiny/ic_resnet8_large_fp32.onnx", () => Cifar(900, 910, Bytes).Select(s => s.Input), () => Cifar(0, 60, Bytes), Large: true),
        new("kws_dscnn", "models/mlperf_tiny/kws_dscnn_fp32.onnx", () => Keywords().Where((_, i) => i % 10 == 9).Select(s => s.Input), () => Keywords().Where((_, i) => i % 10 != 9)),
        new("mnist-8", "models/mnist_cntk/mnist-8.onnx", () => Mnist(9000, 9100).Select(s => s.Input), () => Mnist(0, 1000)),
        new("mobilenet_v2", "models/imagenet_mobilenet/mobilenet_v2_1.0_224_fp32.onnx", () => ImageNet(5, 20).Select(s => s.Input), () => ImageNet(0, 10), FirstClass: 1, Large: true),
    ];

    public ICalibrationSource Source(IEnumerable<Tensor> inputs)
    {
        Tensor[] kept = [.. inputs];
        return new DelegateCalibrationSource($"{kept.Length} inputs of {Name}", kept.Length, _ => kept.Select(t => new[] { t }));
    }

    /// <summary>Windows of 640 values from one normal clip: five spectra of 128 bands, moved by one spectrum.</summary>
    public static List<Tensor> MachineSound()
    {
        byte[] bytes = File.ReadAllBytes(SharedData.Require("labelled/mlperf_tiny_misc/normal_id_01_00000000_hist_librosa.bin"));
        var windows = new List<Tensor>();
        for (int at = 0; at + (640 * 4) <= bytes.Length; at += 128 * 4)
            windows.Add(Tensor.Create<float>(new Shape(1, 640), System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes.AsSpan(at, 640 * 4))));
        return windows;
    }

    /// <summary>Pictures <paramref name="from"/> to <paramref name="to"/> of each of the ten classes.</summary>
    private static IEnumerable<(Tensor Input, int Label)> Cifar(int from, int to, Func<ImageResult, Tensor> input)
    {
        string root = SharedData.RequireUnpacked("labelled/cifar10_test_jpeg/cifar10_test_jpeg_10000.tar.gz");
        for (int label = 0; label < CifarClasses.Length; label++)
        {
            string[] files = [.. Directory.EnumerateFiles(System.IO.Path.Combine(root, "test", CifarClasses[label])).Order(StringComparer.Ordinal)];
            foreach (string file in files[from..to]) yield return (input(Decode(file)), label);
        }
    }

    /// <summary>Of every 20 pictures those at [from, to).</summary>
    private static IEnumerable<(Tensor Input, int Label)> ImageNet(int from, int to)
    {
        string root = SharedData.Require("labelled/imagenet_1k_samples");
        string[] rows = [.. File.ReadLines(System.IO.Path.Combine(root, "labels.tsv")).Skip(1)];
        for (int i = 0; i < rows.Length; i++)
        {
            if (i % 20 < from || i % 20 >= to || (from > 0 && i % 20 >= from + 2)) continue;
            string[] fields = rows[i].Split('\t');
            yield return (Crop224(Decode(System.IO.Path.Combine(root, fields[0]))), int.Parse(fields[1], CultureInfo.InvariantCulture));
        }
    }

    private static List<(Tensor Input, int Label)> Keywords()
    {
        byte[] x = File.ReadAllBytes(SharedData.Require("labelled/mlperf_tiny_kws01/x_int8_1000x490.bin"));
        byte[] y = File.ReadAllBytes(SharedData.Require("labelled/mlperf_tiny_kws01/y_u8_1000.bin"));
        var samples = new List<(Tensor, int)>();
        for (int i = 0; i < y.Length; i++)
        {
            Tensor t = Tensor.Create<float>(new Shape(1, 49, 10, 1));
            for (int k = 0; k < 490; k++) t.AsSpan<float>()[k] = ((sbyte)x[(i * 490) + k] - 83) * 0.5847029089927673f;
            samples.Add((t, y[i]));
        }
        return samples;
    }

    private static IEnumerable<(Tensor Input, int Label)> Mnist(int from, int to)
    {
        byte[] x = File.ReadAllBytes(SharedData.Require("labelled/mnist_test/t10k-images-idx3-ubyte"));
        byte[] y = File.ReadAllBytes(SharedData.Require("labelled/mnist_test/t10k-labels-idx1-ubyte"));
        for (int i = from; i < to; i++)
        {
            Tensor t = Tensor.Create<float>(new Shape(1, 1, 28, 28));
            for (int k = 0; k < 784; k++) t.AsSpan<float>()[k] = x[16 + (i * 784) + k];
            yield return (t, y[8 + i]);
        }
    }

    private static ImageResult Decode(string file) => ImageResult.FromMemory(File.ReadAllBytes(file), ColorComponents.RedGreenBlue);

    /// <summary>NHWC, 0..255.</summary>
    private static Tensor Bytes(ImageResult image)
    {
        Tensor t = Tensor.Create<float>(new Shape(1, image.Height, image.Width, 3));
        for (int i = 0; i < t.Count; i++) t.AsSpan<float>()[i] = image.Data[i];
        return t;
    }

    /// <summary>NCHW, with ImageNet's mean and standard deviation.</summary>
    private static Tensor Normalized(ImageResult image)
    {
        (float[] mean, float[] deviation) = ([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);
        int pixels = image.Height * image.Width;
        Tensor t = Tensor.Create<float>(new Shape(1, 3, image.Height, image.Width));
        for (int c = 0; c < 3; c++)
            for (int p = 0; p < pixels; p++) t.AsSpan<float>()[(c * pixels) + p] = ((image.Data[(p * 3) + c] / 255f) - mean[c]) / deviation[c];
        return t;
    }

    /// <summary>NHWC, the middle 224×224, (x − 128)/128.</summary>
    private static Tensor Crop224(ImageResult image)
    {
        int top = (image.Height - 224) / 2, left = (image.Width - 224) / 2;
        Tensor t = Tensor.Create<float>(new Shape(1, 224, 224, 3));
        for (int row = 0; row < 224; row++)
            for (int i = 0; i < 224 * 3; i++) t.AsSpan<float>()[(row * 224 * 3) + i] = (image.Data[(((top + row) * image.Width) + left) * 3 + i] - 128f) / 128f;
        return t;
    }
}
