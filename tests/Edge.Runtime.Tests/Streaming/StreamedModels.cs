using Edge.Tensors;

namespace Edge.Runtime.Tests.Streaming;

/// <summary>The shared models that run chunk by chunk, with recorded signals.</summary>
internal static class StreamedModels
{
    public static StreamedModel Get(string name) => name switch
    {
        "dtln" => Dtln(),
        "silero_vad" or "silero_vad_16k_op15" => Voice(name, 16000),
        "silero_vad at 8 kHz" => Voice("silero_vad", 8000),
        "cwru_bigru" => Bearings(),
        "cmapss_lstm" => Engines(),
        "sww" => WakeWord(),
        "bidi_lstm" => Text(),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    /// <summary>Noise suppression: the magnitudes of overlapping frames, and the states of two LSTMs in one tensor.</summary>
    private static StreamedModel Dtln()
    {
        float[] sound = Signals.Wave("silero_test.wav");
        return new StreamedModel("models/dtln/model_1.onnx", step =>
        [
            Tensor.Create<float>(new Shape(1, 1, 257), Signals.Magnitudes(Array.ConvertAll(sound[(16000 + step * 128)..(16512 + step * 128)], s => s / 32768))),
            Tensor.Create<float>(new Shape(1, 2, 128, 2)),
        ], (1, 1));
    }

    /// <summary>Voice detection: 32 ms of sound behind 4 ms of what came before, and the states of two LSTMs.</summary>
    private static StreamedModel Voice(string name, int rate)
    {
        float[] sound = [.. Signals.Wave("silero_test.wav").Where((_, i) => i % (16000 / rate) == 0).Select(s => s / 32768)];
        int chunk = rate * 32 / 1000, before = rate * 4 / 1000;
        return new StreamedModel($"models/silero-vad/{name}.onnx", step =>
        [
            Tensor.Create<float>(new Shape(1, before + chunk), sound.AsSpan(rate + step * chunk - before, before + chunk)),
            Tensor.Create<float>(new Shape(2, 1, 128)),
            Tensor.Create<long>(Shape.Scalar, [rate]),
        ], (1, 1));
    }

    private static StreamedModel Bearings()
    {
        float[][] records = [Signals.Vibration("1797_Normal.f32"), Signals.Vibration("1797_B_7_DE12.f32")];
        return new StreamedModel("models/trained_here/cwru_bigru.onnx", step =>
            [Tensor.Create<float>(new Shape(1, 1024), records[step % 2].AsSpan(step * 1024, 1024))]);
    }

    private static StreamedModel Engines()
    {
        float[] flights = Signals.Engines();
        return new StreamedModel("models/trained_here/cmapss_fd001_lstm_rul.onnx", step =>
            [Tensor.Create<float>(new Shape(2, 30, 14), flights.AsSpan(step * 14 * 7, 2 * 30 * 14))]);
    }

    /// <summary>Windows of 30 frames that move by one; the features are random, for the model's own extraction is not here.</summary>
    private static StreamedModel WakeWord()
    {
        var random = new Random(1);
        float[] features = [.. Enumerable.Range(0, (StreamedModel.Steps + 30) * 40).Select(i => random.NextSingle() * (1 + i / 40 % 20))];
        return new StreamedModel("models/mlperf_tiny/sww_fp32_dequantised.onnx", step =>
            [Tensor.Create<float>(new Shape(1, 30, 1, 40), features.AsSpan(step * 40, 30 * 40))]);
    }

    /// <summary>Sentences, two at a time.</summary>
    private static StreamedModel Text()
    {
        byte[] text = [.. Enumerable.Repeat("A run allocates nothing. What cannot run says so at load. Does it? It does: see the tests. "u8.ToArray(), 8).SelectMany(t => t)];
        return new StreamedModel("models/tract_byte_sb_bidi_lstm/model.onnx", step =>
            [Tensor.Create<byte>(new Shape(2, 47), text.AsSpan(step * 3, 2 * 47))]);
    }
}
