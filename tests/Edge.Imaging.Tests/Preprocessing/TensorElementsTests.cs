using CsCheck;
using Edge.Imaging.Preprocessing;
using Xunit;

namespace Edge.Imaging.Tests.Preprocessing;

public sealed class TensorElementsTests
{
    [Fact]
    public void Narrowing_rounds_half_to_even_and_saturates_at_every_length() =>
        Gen.Frequency((3, Gen.Float[-300, 300]), (1, Gen.Int[-300, 300].Select(i => i + 0.5f))).Array[0, 70].Sample(row =>
        {
            byte[] buffer = new byte[row.Length];
            byte[] unsigned = TensorElements.Narrow<byte>(row, buffer).ToArray();
            sbyte[] signed = TensorElements.Narrow<sbyte>(row, buffer).ToArray();
            return unsigned.SequenceEqual(row.Select(v => (byte)Math.Clamp(Math.Round((double)v, MidpointRounding.ToEven), 0, 255)))
                && signed.SequenceEqual(row.Select(v => (sbyte)Math.Clamp(Math.Round((double)v, MidpointRounding.ToEven), -128, 127)));
        });
}
