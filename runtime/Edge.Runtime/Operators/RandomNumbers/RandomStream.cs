using System.Text;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators.RandomNumbers;

/// <summary>
/// The random numbers of one node: number i is a hash of seed and i (SplitMix64, Steele et al. 2014), so that they are the
/// same in every run, on every machine and for any number of threads.
/// </summary>
internal readonly struct RandomStream
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private readonly ulong _seed;

    private RandomStream(ulong seed) => _seed = seed;

    /// <summary>
    /// The stream that the attribute <c>seed</c> begins; without it the name of the node does, so that no two nodes draw
    /// the same numbers.
    /// </summary>
    public static RandomStream Of(Node node)
    {
        if (node.Attributes.Has("seed")) return new RandomStream(Mix(BitConverter.SingleToUInt32Bits(node.Attributes.Float("seed"))));
        ulong hash = 0xCBF29CE484222325;
        foreach (byte b in Encoding.UTF8.GetBytes(node.Name)) hash = (hash ^ b) * 0x100000001B3;
        return new RandomStream(Mix(hash));
    }

    /// <summary>Number <paramref name="i"/>, uniform in [0, 1), with 53 random bits.</summary>
    public double Uniform(long i) => (Mix(_seed + ((ulong)i + 1) * Golden) >> 11) * (1.0 / (1L << 53));

    /// <summary>Number <paramref name="i"/> of the standard normal distribution (Box and Muller 1958).</summary>
    public double Normal(long i) => Math.Sqrt(-2 * Math.Log(1 - Uniform(2 * i))) * Math.Cos(2 * Math.PI * Uniform(2 * i + 1));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
