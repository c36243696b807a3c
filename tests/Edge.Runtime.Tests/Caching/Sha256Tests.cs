using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Edge.Runtime.Tests.Caching;

public class Sha256Tests
{
    /// <summary>From FIPS 180-4's examples.</summary>
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void Vectors_of_the_standard(string text, string hash) => Assert.Equal(hash, Sha256.Hex(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Every_length_and_every_way_to_append_gives_the_hash_that_the_platform_gives()
    {
        byte[] bytes = new byte[300];
        new Random(1).NextBytes(bytes);
        for (int n = 0; n <= bytes.Length; n++)
        {
            string expected = Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, n)));
            Assert.Equal(expected, Sha256.Hex(bytes.AsSpan(0, n)));
            var parts = new Sha256();
            for (int at = 0, step = 1; at < n; at += step, step = step * 5 % 67 + 1) parts.Append(bytes.AsSpan(at, Math.Min(step, n - at)));
            string finished = parts.Finish();
            Assert.Equal(expected, finished);
        }
    }
}
