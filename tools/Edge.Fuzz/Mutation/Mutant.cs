using Edge.Fuzz.Corpus;

namespace Edge.Fuzz.Mutation;

/// <summary>A damaged model. The same seed number and index give the same mutant, as long as the corpus is the same.</summary>
/// <param name="Origin">The models that it was made of, and how.</param>
/// <param name="Bytes">The file.</param>
internal sealed record Mutant(string Origin, byte[] Bytes)
{
    public static Mutant Make(SeedCorpus corpus, int seed, int index)
    {
        var random = new Random(HashCode(seed, index));
        var from = corpus.Choose(random);
        // One in four is damaged where the wire format is read; the others are sound files of strange models.
        if (random.Next(4) == 0) return new Mutant($"{from.Name} (bytes)", ByteMutation.Apply(from.Bytes, corpus.Choose(random).Bytes, random));
        var donor = corpus.Choose(random);
        return new Mutant($"{from.Name} (structure)", GraphMutation.Apply(from.Bytes, donor.Bytes, random));
    }

    /// <summary>Not <see cref="System.HashCode"/>, which differs from process to process.</summary>
    private static int HashCode(int seed, int index)
    {
        ulong h = ((ulong)(uint)seed << 32 | (uint)index) * 0x9E3779B97F4A7C15;
        h = (h ^ h >> 29) * 0xBF58476D1CE4E5B9;
        return (int)(h ^ h >> 32);
    }
}
