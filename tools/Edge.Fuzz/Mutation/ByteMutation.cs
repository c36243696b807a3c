namespace Edge.Fuzz.Mutation;

/// <summary>Damage to the bytes of a file: bits, tags, lengths, cuts and pieces of other files.</summary>
internal static class ByteMutation
{
    public static byte[] Apply(byte[] file, byte[] donor, Random random)
    {
        var bytes = new List<byte>(file);
        for (int changes = GraphMutation.Changes(random); changes > 0; changes--)
        {
            if (bytes.Count == 0) bytes.Add(0x3A);
            // Structure is at the ends of a file; weights, which are mostly what is between, matter less.
            int at = random.Next(3) == 0 ? random.Next(Math.Min(bytes.Count, 256)) : random.Next(bytes.Count);
            int length = Math.Min(1 << random.Next(8), bytes.Count - at);
            switch (random.Next(10))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes[at]++; break;
                case 3: bytes[at]--; break;
                case 4: bytes[at] = (byte)(random.Next(2) * 0x7F + random.Next(2) * 0x80); break;
                case 5: bytes.InsertRange(at, Varint(random)); break;
                case 6: bytes.RemoveRange(at, length); break;
                case 7: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length)); break;
                case 8:
                    int start = random.Next(donor.Length);
                    bytes.InsertRange(at, donor[start..Math.Min(donor.Length, start + length)]);
                    break;
                default:
                    if (random.Next(4) == 0) bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>A number as lengths and integers are written, with a liking for the edges of its ranges.</summary>
    private static byte[] Varint(Random random)
    {
        ulong value = unchecked((ulong)Nasty.Integer(random));
        var bytes = new List<byte>();
        do
        {
            bytes.Add((byte)(value & 0x7F | (value > 0x7F ? 0x80u : 0)));
            value >>= 7;
        }
        while (value != 0);
        return [.. bytes];
    }
}
