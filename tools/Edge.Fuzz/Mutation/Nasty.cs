namespace Edge.Fuzz.Mutation;

/// <summary>Values that programs forget to think of, among ordinary ones.</summary>
internal static class Nasty
{
    private static readonly long[] s_integers =
    [
        0, -1, 1, -2, 2, 3, 4, 5, 7, 8, 16, 17, 31, 63, 64, 100, 127, 128, 255, 256, 1000, 4096, 32767, 32768, 65535, 65536, 100_000, 1 << 20, 1 << 24, 1 << 28,
        int.MaxValue - 1, int.MaxValue, 1L << 31, uint.MaxValue, 1L << 32, (1L << 32) + 1, 1L << 33, 3_037_000_500, 1L << 61, 1L << 62,
        long.MaxValue - 1, long.MaxValue, long.MinValue, long.MinValue + 1, int.MinValue, int.MinValue - 1L, -3, -4, -100, -65536,
    ];

    private static readonly float[] s_floats =
    [
        0, -0f, 1, -1, 0.5f, 2, 1e-30f, 1e30f, float.MaxValue, float.MinValue, float.Epsilon, float.NaN, float.PositiveInfinity, float.NegativeInfinity,
        2147483648f, -2147483904f, 9.3e18f, 1e-45f, 65504, 100, 1000,
    ];

    private static readonly string[] s_texts =
    [
        "", "a", "x", "SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET", "linear", "nearest", "cubic", "reflect", "edge", "wrap", "constant", "add", "mul", "min", "max", "none", "bidirectional", "reverse",
        "forward", "Relu", "Tanh", "Affine", "tanh", "ii->i", "ij,jk", "...", "...ij,...jk->...ik", "BRANCH_EQ", "LEAF", "SOFTMAX", "PROBIT", "half_pixel", "tf_crop_and_resize", "weights.bin", "../weights.bin",
        "/etc/passwd", "sub/../weights.bin", "\0", "\uFFFD", "(a*)*b", "(((((((((a))))))))){9}{9}{9}", "ai.onnx", "com.microsoft", "ai.onnx.ml", "%", "-1", "18446744073709551615", "9223372036854775807",
    ];

    public static long Integer(Random random) => random.Next(8) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : s_integers[random.Next(s_integers.Length)];

    /// <summary>Mostly such that something still happens.</summary>
    public static long Size(Random random) => random.Next(3) > 0 ? random.Next(0, 9) : Integer(random);

    public static float Float(Random random) => s_floats[random.Next(s_floats.Length)];

    public static string Text(Random random) => random.Next(10) == 0 ? new string('a', 1 << random.Next(14)) : s_texts[random.Next(s_texts.Length)];

    public static int ElementType(Random random) => random.Next(8) == 0 ? random.Next(-1, 40) : random.Next(1, 17);
}
