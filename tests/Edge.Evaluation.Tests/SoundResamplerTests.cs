using Xunit;

using Edge.Evaluation.Samples;

namespace Edge.Evaluation.Tests;

public class SoundResamplerTests
{
    [Theory]
    [InlineData(44100, 16000)]
    [InlineData(48000, 16000)]
    [InlineData(8000, 16000)]
    [InlineData(22050, 16000)]
    [InlineData(16001, 16000)]
    public void A_tone_is_the_same_tone_at_the_other_rate(int from, int to)
    {
        var resampler = new SoundResampler(from, to);
        float[] result = resampler.Run(Tone(440, from, from / 4));
        Assert.Equal(to / 4.0, result.Length, 1.0);
        float[] expected = Tone(440, to, result.Length);
        // At the ends there is silence beside the tone.
        for (int i = to / 50; i < result.Length - (to / 50); i++) Assert.Equal(expected[i], result[i], 2e-4);
    }

    [Fact]
    public void What_the_lower_rate_cannot_hold_is_gone()
    {
        float[] result = new SoundResampler(48000, 16000).Run(Tone(11000, 48000, 12000));
        Assert.All(result[320..^320], v => Assert.Equal(0, v, 2e-4));
    }

    [Fact]
    public void The_same_rate_leaves_every_sample()
    {
        float[] sound = Tone(440, 16000, 100);
        Assert.Equal(sound, new SoundResampler(16000, 16000).Run(sound));
    }

    [Theory]
    [InlineData(3, 2, 5, 4)]
    [InlineData(2, 3, 5, 8)]
    [InlineData(44100, 16000, 0, 0)]
    public void The_length_is_that_of_the_same_time(int from, int to, int samples, int expected) =>
        Assert.Equal(expected, new SoundResampler(from, to).Length(samples));

    private static float[] Tone(double frequency, int rate, int count) => [.. Enumerable.Range(0, count).Select(i => (float)Math.Sin(2 * Math.PI * frequency * i / rate))];
}
