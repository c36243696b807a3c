using Xunit;

namespace Edge.Tensors.Tests;

public class StringTableTests
{
    [Fact]
    public void A_tensor_gives_back_its_strings_and_equal_ones_have_equal_bytes()
    {
        Tensor a = Tensor.FromStrings(new Shape(2, 2), "ä", "", "b", "ä");
        Assert.Equal(["ä", "", "b", "ä"], a.ToStrings());
        Assert.Equal(DataType.String, a.Type);
        Assert.True(a.Bytes[..8].SequenceEqual(a.Bytes[24..]));
        Assert.True(a.Bytes.SequenceEqual(Tensor.FromStrings(new Shape(4), "ä", "", "b", "ä").Bytes));
        Assert.Equal(["", "", ""], Tensor.Create(DataType.String, new Shape(3)).ToStrings());
    }

    [Fact]
    public void Strings_are_equal_ordinally()
    {
        // The letter with its accent, and the same in two code points.
        Assert.NotEqual(StringTable.Intern("\u00E9"), StringTable.Intern("e\u0301"));
        Assert.NotEqual(StringTable.Intern("a"), StringTable.Intern("A"));
        Assert.Equal(0, StringTable.Intern(""));
        Assert.Equal(StringTable.Intern("xyz"), StringTable.Intern("wxyz".AsSpan(1)));
    }

    [Fact]
    public void Threads_that_meet_the_same_strings_agree_on_their_handles()
    {
        string[] texts = [.. Enumerable.Range(0, 2000).Select(i => $"thread text {i}")];
        var handles = new long[4][];
        Parallel.For(0, 4, t => handles[t] = Array.ConvertAll(texts, StringTable.Intern));
        Assert.All(handles, h => Assert.Equal(handles[0], h));
        Assert.Equal(texts, Array.ConvertAll(handles[0], StringTable.Text));
    }

    [Fact]
    public void A_full_table_refuses_new_strings_and_keeps_the_old()
    {
        long known = StringTable.Intern("known before");
        (int strings, long characters) = (StringTable.MaxStrings, StringTable.MaxCharacters);
        try
        {
            StringTable.MaxStrings = StringTable.Count;
            Assert.Contains("distinct strings", Assert.Throws<InvalidOperationException>(() => StringTable.Intern("one too many")).Message, StringComparison.Ordinal);
            Assert.Equal(known, StringTable.Intern("known before"));
            StringTable.MaxStrings = strings;
            StringTable.MaxCharacters = StringTable.Characters + 3;
            Assert.Throws<InvalidOperationException>(() => StringTable.Intern("four"));
        }
        finally
        {
            (StringTable.MaxStrings, StringTable.MaxCharacters) = (strings, characters);
        }

        Assert.Equal("one too many", StringTable.Text(StringTable.Intern("one too many")));
    }

    [Fact]
    public void Handles_that_nobody_gave_and_tensors_of_numbers_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => StringTable.Text(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => StringTable.Text(long.MaxValue));
        Tensor forged = Tensor.Create(DataType.String, new Shape(1));
        forged.Bytes.Fill(0x7F);
        Assert.Throws<ArgumentOutOfRangeException>(() => forged.ToStrings());
        Assert.Throws<InvalidOperationException>(() => Tensor.Create<long>(new Shape(1)).ToStrings());
        Assert.Throws<InvalidOperationException>(() => Tensor.FromStrings(new Shape(1), "a").AsSpan<long>().Length);
        Assert.Throws<ArgumentException>(() => Tensor.FromStrings(new Shape(2), "a"));
    }
}
