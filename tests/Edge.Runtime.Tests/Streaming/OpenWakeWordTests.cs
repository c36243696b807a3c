using Edge.OnnxRuntime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Streaming;

/// <summary>The three models of openWakeWord behind one another, as its detector runs them: 80 ms of sound a step.</summary>
public class OpenWakeWordTests
{
    private const string Folder = "models/openwakeword/";

    [Fact]
    public void The_word_is_heard_and_the_scores_are_those_of_ONNX_Runtime()
    {
        float[] word = Signals.Wave("alexa_test.wav");
        float[] sound = [.. new float[32000], .. word, .. new float[32000]];
        string[] files = [.. ((string[])["melspectrogram", "embedding_model", "alexa_v0.1"]).Select(n => SharedData.Require($"{Folder}{n}.onnx"))];
        float[] expected = Scores([.. files.Select(f => OnnxRuntimeSession.Load(f, new OnnxRuntimeOptions { Threads = 1 }))], sound);
        float[] actual = Scores([.. files.Select(f => new InferenceSession(Model.Load(f), new SessionOptions { Threads = 1 }))], sound);
        Assert.True(expected.Length >= 50);
        Assert.True(expected.Max() > 0.99f, $"the word is not in the sound: the best score is {expected.Max()}");
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-4f, $"step {i}: {actual[i]} instead of {expected[i]}");
    }

    /// <summary>The score of each step. Disposes of the sessions.</summary>
    private static float[] Scores(IInferenceSession[] sessions, float[] sound)
    {
        const int Chunk = 1280, Overlap = 480, Bands = 32, Window = 76, Embedding = 96, History = 16;
        float[] spectrum = new float[Window * Bands], embeddings = new float[History * Embedding];
        spectrum.AsSpan().Fill(1);
        var scores = new List<float>();
        for (int at = Overlap; at + Chunk <= sound.Length; at += Chunk)
        {
            var mel = sessions[0].Run(Tensor.Create<float>(new Shape(1, Overlap + Chunk), sound.AsSpan(at - Overlap, Overlap + Chunk)))[0];
            spectrum = [.. spectrum[mel.Count..], .. mel.AsSpan<float>().ToArray().Select(v => v / 10 + 2)];
            var embedding = sessions[1].Run(Tensor.Create<float>(new Shape(1, Window, Bands, 1), spectrum))[0];
            embeddings = [.. embeddings[Embedding..], .. embedding.AsSpan<float>().ToArray()];
            scores.Add(sessions[2].Run(Tensor.Create<float>(new Shape(1, History, Embedding), embeddings))[0].AsSpan<float>()[0]);
        }

        foreach (var s in sessions) s.Dispose();
        return [.. scores];
    }
}
