using CsCheck;
using Edge.Pipeline.Events;
using Xunit;

namespace Edge.Pipeline.Tests.Events;

public sealed class IdentifierTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("cam-3_left")]
    [InlineData("0123456789abcdefghijklmnopqrstuv")]
    public void Names_of_the_alphabet_are_accepted(string name) => Assert.Equal(name, Identifier.RequireName(name, "stream"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a+")]
    [InlineData("ä")]
    [InlineData("a\n")]
    [InlineData("0123456789abcdefghijklmnopqrstuvw")]
    public void Others_are_refused_in_one_line(string? name)
    {
        string told = Assert.Throws<ContractException>(() => Identifier.RequireName(name, "stream")).Message;
        Assert.StartsWith("stream '", told, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', told);
    }

    [Fact]
    public void What_is_suggested_would_do() =>
        Gen.String[0, 50].Sample(text =>
        {
            if (Identifier.IsWellFormed(text))
                return;
            string told = Assert.Throws<ContractException>(() => Identifier.RequireName(text, "stream")).Message;
            int at = told.LastIndexOf("; '", StringComparison.Ordinal);
            if (at >= 0)
                Identifier.RequireName(told[(at + 3)..told.LastIndexOf('\'')], "stream");
        });

    [Fact]
    public void Reserved_names_are_ids_but_not_names()
    {
        Assert.Equal(["ack", "alarm", "birth", "cmd", "health", "model", "status"], Identifier.Reserved.Order(StringComparer.Ordinal));
        foreach (string reserved in Identifier.Reserved)
        {
            Assert.Equal(reserved, Identifier.RequireWellFormed(reserved, "command"));
            Assert.Throws<ContractException>(() => Identifier.RequireName(reserved, "stream"));
        }
    }

    [Fact]
    public void New_ones_are_well_formed_and_sort_by_time()
    {
        string first = Identifier.New();
        Thread.Sleep(2); // a version 7 UUID counts milliseconds
        string second = Identifier.New();
        Assert.True(Identifier.IsWellFormed(first));
        Assert.True(string.CompareOrdinal(first, second) < 0);
    }
}
