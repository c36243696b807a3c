using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using Edge.Imaging;
using Edge.Tensors;

namespace Edge.SharedModels.Samples;

/// <summary>The sets of the shared data folder, as its DATA.md describes them. What was read is kept.</summary>
/// <param name="data">The folder <c>shared/data</c>.</param>
/// <param name="codec">Decodes pictures.</param>
internal sealed partial class SharedSets(string data, IImageCodec codec)
{
    private static readonly string[] s_cifarClasses = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    private List<(Func<byte[]>, int)>? _cifar;

    /// <param name="preprocess">How the middle 224 pixels of each 256 become input.</param>
    /// <param name="size">To what they are shrunk before.</param>
    /// <param name="planar">NCHW instead of NHWC.</param>
    public ISamples ImageNet(string preprocess, int size, bool planar = false)
    {
        int[] dims = planar ? [1, 3, size, size] : [1, size, size, 3];
        string root = Path.Combine(data, "labelled/imagenet_1k_samples");
        var rows = File.ReadLines(Path.Combine(root, "labels.tsv")).Skip(1).Select(l => l.Split('\t'));
        return new PictureSamples(
            [.. rows.Select(r => ((Func<byte[]>)(() => File.ReadAllBytes(Path.Combine(root, r[0]))), int.Parse(r[1], CultureInfo.InvariantCulture)))],
            preprocess, dims, codec, (224, size));
    }

    public ISamples Cifar(string preprocess, params int[] dims) => new PictureSamples(_cifar ??= ReadCifar(), preprocess, dims, codec);

    public PictureSamples Pictures(string folder, string preprocess, params int[] dims) => new PictureSamples(
        [.. Directory.EnumerateFiles(Path.Combine(data, folder), "*.jpg").Order(StringComparer.Ordinal).Select(f => ((Func<byte[]>)(() => File.ReadAllBytes(f)), -1))],
        preprocess, dims, codec);

    /// <summary>COCO pictures; class 1 if a person's box covers more than 0.5% of the picture, else 0.</summary>
    public ISamples Persons(string preprocess, params int[] dims)
    {
        var boxes = CocoBoxes();
        int HasPerson(int i) => boxes[i].Any(b => b.Class == 0 && b.Shares.Width * b.Shares.Height > 0.005f) ? 1 : 0;
        return new PictureSamples([.. CocoPictures().Select((f, i) => ((Func<byte[]>)(() => File.ReadAllBytes(f)), HasPerson(i)))], preprocess, dims, codec);
    }

    /// <summary>
    /// The objects on each of COCO's pictures, in their order: as YOLO writes them, one a line, class, centre and size in
    /// shares of the picture. A picture without a file has none.
    /// </summary>
    public IReadOnlyList<(int Class, Box Shares)[]> CocoBoxes()
    {
        string labels = Path.Combine(data, "images/coco128_val/object_detection/labels/val2017");
        return [.. CocoPictures().Select(f => Path.Combine(labels, Path.ChangeExtension(Path.GetFileName(f), ".txt"))).Select(f => File.Exists(f) ? [.. File.ReadLines(f).Select(Box)] : Array.Empty<(int, Box)>())];

        static (int, Box) Box(string line)
        {
            float[] v = Array.ConvertAll(line.Split(' '), s => float.Parse(s, CultureInfo.InvariantCulture));
            return ((int)v[0], Imaging.Box.FromCenter(v[1], v[2], v[3], v[4]));
        }
    }

    private IEnumerable<string> CocoPictures() => Directory.EnumerateFiles(Path.Combine(data, "images/coco128_val/images/val2017"), "*.jpg").Order(StringComparer.Ordinal);

    /// <summary>MFCC tensors of MLPerf Tiny's keyword spotting, dequantized.</summary>
    public ISamples Keywords()
    {
        string root = Path.Combine(data, "labelled/mlperf_tiny_kws01");
        var x = File.ReadAllBytes(Path.Combine(root, "x_int8_1000x490.bin"));
        var y = File.ReadAllBytes(Path.Combine(root, "y_u8_1000.bin"));
        return new RawSamples(new Shape(1, 49, 10, 1), y.Length, (i, to) =>
        {
            for (int k = 0; k < 490; k++) to[k] = ((sbyte)x[i * 490 + k] - 83) * 0.5847029089927673f;
        }, i => y[i]);
    }

    public ISamples Mnist()
    {
        var x = Unzip(Path.Combine(data, "labelled/mnist_test/t10k-images-idx3-ubyte.gz"));
        var y = Unzip(Path.Combine(data, "labelled/mnist_test/t10k-labels-idx1-ubyte.gz"));
        return new RawSamples(new Shape(1, 1, 28, 28), y.Length - 8, (i, to) =>
        {
            for (int k = 0; k < 784; k++) to[k] = x[16 + i * 784 + k];
        }, i => y[8 + i]);
    }

    /// <summary>One normal clip of MLPerf Tiny's anomaly detection: windows of five spectra of 128 bands.</summary>
    public ISamples MachineSound()
    {
        var bytes = File.ReadAllBytes(Path.Combine(data, "labelled/mlperf_tiny_misc/normal_id_01_00000000_hist_librosa.bin"));
        int spectra = bytes.Length / 4 / 128;
        return new RawSamples(new Shape(1, 640), spectra - 4, (i, to) =>
        {
            for (int k = 0; k < 640; k++) to[k] = BitConverter.ToSingle(bytes, (i * 128 + k) * 4);
        }, _ => -1);
    }

    public static byte[] Unzip(string path)
    {
        using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var memory = new MemoryStream();
        gzip.CopyTo(memory);
        return memory.ToArray();
    }

    private List<(Func<byte[]>, int)> ReadCifar()
    {
        using var gzip = new GZipStream(File.OpenRead(Path.Combine(data, "labelled/cifar10_test_jpeg/cifar10_test_jpeg_10000.tar.gz")), CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        var pictures = new List<(Func<byte[]>, int)>();
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null) continue;
            using var memory = new MemoryStream();
            entry.DataStream.CopyTo(memory);
            var bytes = memory.ToArray();
            pictures.Add((() => bytes, Array.IndexOf(s_cifarClasses, entry.Name.Split('/')[1])));
        }

        return pictures;
    }
}
