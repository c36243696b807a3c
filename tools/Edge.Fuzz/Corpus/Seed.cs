namespace Edge.Fuzz.Corpus;

/// <summary>A sound model that mutants are made of.</summary>
/// <param name="Name">How reports call it.</param>
/// <param name="Bytes">The file.</param>
internal sealed record Seed(string Name, byte[] Bytes);
