using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Edge.OnnxRuntime;
using Edge.Tensors;

namespace Edge.SharedModels.Samples;

/// <summary>Sound, vibration and the other series.</summary>
internal sealed partial class SharedSets
{
    /// <summary>The first input that a stored pair of input and output holds.</summary>
    public ISamples Stored(string npz, string name = "input") => new StoredSamples([[NpzFile.Read(Path.Combine(data, npz), name)]]);

    /// <summary>Rows between the values that a stored input has, from a seed: trees take other branches in each.</summary>
    public static ISamples Rows(int columns, int count = 64)
    {
        var random = new Random(7);
        return new StoredSamples([.. Enumerable.Range(0, count).Select(_ => new[] { Row([.. Enumerable.Range(0, columns).Select(_ => (float)(random.NextDouble() * 100 - 20))]) })]);
    }

    /// <summary>Spectra of the streaming wake word's calibration set.</summary>
    public ISamples WakeWordSpectra()
    {
        var all = NpzFile.Read(Path.Combine(data, "labelled/mlperf_tiny_misc/streaming_wakeword_calibration_samples.npz"), "specs");
        int size = all.Count / all.Shape[0];
        return new StoredSamples([.. Enumerable.Range(0, all.Shape[0]).Select(i => new[] { Tensor.Create<float>(new Shape(1, 30, 1, 40), all.AsSpan<float>().Slice(i * size, size)) })]);
    }

    /// <summary>Silero's voice detector: 512 samples behind the last 64 of before, and the rate. The state comes between them.</summary>
    public ISamples Voice(string clip = "silero_test.wav", int atMost = 100) =>
        new StoredSamples([.. Windows([.. new float[64], .. Sound(clip)], 576, 512, atMost).Select(w => new[] { Row(w), Tensor.Create<long>(new Shape(), [16000]) })]);

    /// <summary>The whole of a clip and a piece of it: raw 16-bit values as float.</summary>
    public ISamples Speech() => new StoredSamples([.. Windows(Sound("alexa_test.wav"), 1760, 1280, 8).Append(Sound("alexa_test.wav")).Select(w => new[] { Row([.. w.Select(v => v * 32768)]) })]);

    /// <summary>Magnitudes of 512 samples every 128, as DTLN takes them.</summary>
    public ISamples SpeechSpectra() => new StoredSamples([.. Windows(Sound("silero_test.wav"), 512, 128, 200).Select(w => new[] { Row(Spectrum(w, 257)).Reshape(new Shape(1, 1, 257)) })]);

    /// <summary>What openWakeWord's embedding takes: 76 rows of mel bands, every 8.</summary>
    public ISamples MelWindows(string clip = "alexa_test.wav")
    {
        float[] mel = Mel(clip);
        return new StoredSamples([.. Windows(mel, 76 * 32, 8 * 32, 64).Select(w => new[] { Row(w).Reshape(new Shape(1, 76, 32, 1)) })]);
    }

    /// <summary>What openWakeWord's alexa takes: 16 embeddings behind each other.</summary>
    public ISamples Embeddings(string clip = "alexa_test.wav")
    {
        var windows = MelWindows(clip);
        using var embed = OnnxRuntimeSession.Load(File.ReadAllBytes(Path.Combine(data, "models/openwakeword/embedding_model.onnx")), "embedding_model");
        float[] all = [.. Enumerable.Range(0, windows.Count).SelectMany(i => embed.Run(windows.Input(i))[0].AsSpan<float>().ToArray())];
        return new StoredSamples([.. Windows(all, 16 * 96, 96, 48).Select(w => new[] { Row(w).Reshape(new Shape(1, 16, 96)) })]);
    }

    /// <summary>Windows of 1024 every 1024 of each bearing record at 1797 and 1772 rpm, labelled with its condition.</summary>
    /// <param name="training">The first 70% of each record, on which the models were trained, instead of the last 30%.</param>
    public ISamples Vibration(bool training = false)
    {
        using var json = Preprocessing();
        string[] classes = [.. json.RootElement.GetProperty("cwru_classes").EnumerateArray().Select(e => e.GetString()!)];
        var samples = new List<Tensor[]>();
        var labels = new List<int>();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(data, "series/cwru_12k_de"), "*.f32.gz").Order(StringComparer.Ordinal))
        {
            float[] record = MemoryMarshal.Cast<byte, float>(Unzip(file)).ToArray();
            int split = (int)(record.Length * 0.7);
            foreach (float[] window in Windows(training ? record[..split] : record[split..], 1024, 1024, int.MaxValue))
            {
                samples.Add([Row(window)]);
                labels.Add(Array.IndexOf(classes, Path.GetFileName(file)[5..^7]));
            }
        }

        return new StoredSamples(samples, labels);
    }

    /// <summary>The logarithm of the spectrum of 1024 samples under a Hann window; at most 64, spread over all records.</summary>
    public ISamples VibrationSpectra()
    {
        var windows = Vibration();
        return Spectra(windows, [.. Enumerable.Range(0, Math.Min(64, windows.Count)).Select(i => (int)((long)i * windows.Count / Math.Min(64, windows.Count)))]);
    }

    /// <summary>The same of windows of choice, with their labels.</summary>
    public static ISamples Spectra(ISamples windows, IReadOnlyList<int> indices) => new StoredSamples(
        [.. indices.Select(i =>
        {
            var window = windows.Input(i).AsSpan<float>().ToArray();
            for (int k = 0; k < 1024; k++) window[k] *= (float)(0.5 - 0.5 * Math.Cos(2 * Math.PI * k / 1023));
            return new[] { Row([.. Spectrum(window, 513)[1..].Select(v => MathF.Log(v + 1e-3f))]) };
        })],
        [.. indices.Select(windows.Label)]);

    /// <summary>The last 30 cycles of each test engine, scaled as preprocessing.json says; the label is the life that is left, capped.</summary>
    public ISamples Engines()
    {
        int[] left = [.. File.ReadLines(Path.Combine(data, "series/cmapss/RUL_FD001.txt")).Where(l => l.Trim().Length > 0).Select(l => Math.Min(125, int.Parse(l.Trim(), CultureInfo.InvariantCulture)))];
        var engines = Cycles("test_FD001").Select(g => g.TakeLast(30).ToArray()).ToArray();
        return Scaled(engines.Where(g => g.Length == 30), [.. left.Where((_, i) => engines[i].Length == 30)]);
    }

    /// <summary>30 cycles of each engine that the model was trained on, ending at tenths of its life.</summary>
    public ISamples TrainingEngines() => Scaled(Cycles("train_FD001").Select((g, i) => g.Take(Math.Max(30, g.Length * (i % 10 + 1) / 10)).TakeLast(30).ToArray()), null);

    private IEnumerable<float[][]> Cycles(string file) => System.Text.Encoding.ASCII.GetString(Unzip(Path.Combine(data, $"series/cmapss/{file}.txt.gz")))
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(l => Array.ConvertAll(l.Split(' ', StringSplitOptions.RemoveEmptyEntries), s => float.Parse(s, CultureInfo.InvariantCulture)))
        .GroupBy(r => r[0]).Select(g => g.ToArray());

    private StoredSamples Scaled(IEnumerable<float[][]> engines, IReadOnlyList<int>? labels)
    {
        using var json = Preprocessing();
        int[] columns = [.. json.RootElement.GetProperty("sensor_columns_0based").EnumerateArray().Select(e => e.GetInt32())];
        float[] min = [.. json.RootElement.GetProperty("min").EnumerateArray().Select(e => e.GetSingle())];
        float[] max = [.. json.RootElement.GetProperty("max").EnumerateArray().Select(e => e.GetSingle())];
        return new StoredSamples([.. engines.Select(rows => new[] { Row([.. rows.SelectMany(r => columns.Select((c, k) => (r[c] - min[k]) / (max[k] - min[k])))]).Reshape(new Shape(1, 30, columns.Length)) })], labels);
    }

    private JsonDocument Preprocessing() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(data, "models/trained_here/preprocessing.json")));

    private static Tensor Row(float[] values) => Tensor.Create<float>(new Shape(1, values.Length), values);

    private static IEnumerable<float[]> Windows(float[] values, int length, int stride, int atMost) =>
        Enumerable.Range(0, Math.Min(atMost, Math.Max(0, (values.Length - length) / stride + 1))).Select(i => values[(i * stride)..(i * stride + length)]);

    /// <summary>Magnitudes of the first <paramref name="bins"/> frequencies.</summary>
    private static float[] Spectrum(float[] window, int bins)
    {
        var result = new float[bins];
        for (int f = 0; f < bins; f++)
        {
            var sum = Complex.Zero;
            for (int t = 0; t < window.Length; t++) sum += Complex.FromPolarCoordinates(window[t], -2 * Math.PI * f * t / window.Length);
            result[f] = (float)sum.Magnitude;
        }

        return result;
    }

    /// <summary>Mel bands of a clip between silence, by the model that comes with openWakeWord, in ONNX Runtime.</summary>
    private float[] Mel(string name)
    {
        float[] clip = [.. new float[32000], .. Sound(name), .. new float[16000]];
        using var session = OnnxRuntimeSession.Load(File.ReadAllBytes(Path.Combine(data, "models/openwakeword/melspectrogram.onnx")), "melspectrogram");
        return Array.ConvertAll(session.Run(Row([.. clip.Select(v => v * 32768)]))[0].AsSpan<float>().ToArray(), v => v / 10 + 2);
    }

    /// <summary>16-bit mono PCM, −1 to 1.</summary>
    private float[] Sound(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(data, "labelled/audio", name));
        for (int at = 12; at + 8 <= bytes.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 4));
            if (bytes.AsSpan(at, 4).SequenceEqual("data"u8))
                return Array.ConvertAll(MemoryMarshal.Cast<byte, short>(bytes.AsSpan(at + 8, Math.Min(length, bytes.Length - at - 8) & ~1)).ToArray(), v => v / 32768f);
            at += 8 + length + (length & 1);
        }

        throw new InvalidDataException($"{name} holds no sound");
    }
}
