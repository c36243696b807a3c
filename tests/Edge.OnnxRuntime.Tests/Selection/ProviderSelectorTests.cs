using Edge.Onnx;
using Edge.OnnxRuntime.Providers;
using Edge.OnnxRuntime.Selection;
using Edge.Runtime;

namespace Edge.OnnxRuntime.Tests.Selection;

/// <summary>Which candidate is picked and remembered, by a clock that only the candidates move.</summary>
public sealed class ProviderSelectorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly List<string> _log = [];
    private readonly Dictionary<string, List<FakeSession>> _opened = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_fastest_that_agrees_is_picked()
    {
        var (session, choice, remembered, _) = Select([Fake("a", 3, 0, 1), Fake("b", 1.5, 0, 1.00009f), Fake("c", 0.5, 0, 1.01f)]);
        Assert.Equal(("b", false), (choice.Provider, remembered));
        Assert.Equal("b is 2.00 times as fast as a", choice.Reason);
        Assert.Equal("the definition", choice.Reference);
        Assert.Equal(["slower", "fastest", "differs from the reference by 1.0e-02 of the output's range; 1.0e-04 is allowed"], choice.Results.Select(r => r.Verdict));
        Assert.Equal([3, 1.5, null], choice.Results.Select(r => r.MedianMs));
        Assert.Equal(0.01, choice.Results[2].Error!.Value, 1e-6);
        Assert.Same(_opened["b"].Single(), session);
        Assert.False(_opened["b"][0].Disposed);
        Assert.True(_opened["a"][0].Disposed && _opened["c"][0].Disposed && _opened["definition"][0].Disposed);
    }

    [Fact]
    public void Candidates_run_in_turns()
    {
        var order = new List<string>();
        Select([Fake("a", 1, 0, 1), Fake("b", 1, 0, 1)], stage: order.Add);
        Assert.Equal(["the reference", "a", "b", "speed of a, b"], order);
        // Half a second to compare and warm up, then eight turns of one run to settle and four that count.
        Assert.Equal([540, 540], [_opened["a"][0].Runs, _opened["b"][0].Runs]);
    }

    [Fact]
    public void Slow_candidates_get_three_turns_of_one_run()
    {
        Select([Fake("a", 2000, 0, 1), Fake("b", 1, 0, 1)]);
        // The other still warms up for half a second.
        Assert.Equal([1 + 3, 500 + 3], [_opened["a"][0].Runs, _opened["b"][0].Runs]);
    }

    [Fact]
    public void The_choice_is_remembered_by_model_and_conditions()
    {
        Candidate[] candidates = [Fake("a", 2, 0, 1), Fake("b", 1, 0, 1)];
        Select(candidates);
        var again = Select(candidates);
        Assert.True(again.Remembered);
        Assert.Equal("b", again.Choice.Provider);
        Assert.Equal(new DateTime(2026, 1, 2), again.Choice.Measured.UtcDateTime.Date);
        Assert.Equal(0, _opened["b"][^1].Runs);
        Assert.Single(_opened["a"]);

        Assert.False(Select(candidates, conditions: "another machine").Remembered);
        Assert.False(Select(candidates, model: "another model").Remembered);
        Assert.False(Select([candidates[0], candidates[1] with { Version = "2" }]).Remembered);
        Assert.False(Select([.. candidates, Fake("c", 3, 0, 1)]).Remembered);
        Assert.False(Select(candidates, tolerance: 0.5).Remembered);
        Assert.False(Select(candidates, remeasure: true).Remembered);
        Assert.True(Select(candidates).Remembered);
        Assert.Empty(_log);
    }

    [Fact]
    public void A_choice_that_cannot_be_opened_any_more_is_made_again()
    {
        Select([Fake("a", 2, 0, 1), Fake("b", 1, 0, 1)]);
        var (_, choice, remembered, _) = Select([Fake("a", 2, 0, 1), Fails("b", new ProviderException("the GPU fell out"))]);
        Assert.Equal(("a", false), (choice.Provider, remembered));
        Assert.Equal("b was the fastest for m.onnx, but cannot be used now: the GPU fell out; measuring again", Assert.Single(_log));
        Assert.Equal(["fastest", "the GPU fell out"], choice.Results.Select(r => r.Verdict));
        Assert.Equal("a is the only one that runs the model as the reference does", choice.Reason);
    }

    [Fact]
    public void When_nobody_agrees_all_reasons_are_told()
    {
        var e = Assert.Throws<ProviderException>(() => Select([Fake("a", 1, 0, 2), Fails("b", new ModelException("no such operator"))]));
        Assert.Equal("m.onnx: no provider can run it as the reference does (the definition): a: differs from the reference by 1.0e+00 of the output's range; 1.0e-04 is allowed; b: no such operator", e.Message);
    }

    [Fact]
    public void The_second_reference_serves_where_the_first_refuses()
    {
        var (_, choice, _, _) = Select([Fake("a", 1, 0, 1)], references: [Fails("one", new ModelException("too new")), Fake("two", 1, 0, 1)]);
        Assert.Equal("two", choice.Reference);
        Assert.Equal("a is all there is", choice.Reason);
        var e = Assert.Throws<ProviderException>(() => Select([Fake("a", 1, 0, 1)], references: [Fails("one", new ModelException("too new"))], model: "other"));
        Assert.Equal("m.onnx: there is nothing to compare the providers with: one: too new", e.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("rubbish")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{"version":1,"choices":null}""")]
    [InlineData("""{"version":1,"choices":[{"key":"x"}]}""")]
    [InlineData("""{"version":1,"choices":[null]}""")]
    [InlineData("""{"version":2,"choices":[]}""")]
    public void A_cache_that_holds_rubbish_is_told_and_written_anew(string content)
    {
        _folder.File("cache/providers.json", content);
        Candidate[] candidates = [Fake("a", 1, 0, 1)];
        Assert.False(Select(candidates).Remembered);
        Assert.StartsWith($"{_folder["cache/providers.json"]}: remembered choices cannot be read and are made again: ", Assert.Single(_log), StringComparison.Ordinal);
        Assert.True(Select(candidates).Remembered);
        Assert.Single(_log);
    }

    [Fact]
    public void A_cache_that_cannot_be_written_is_told()
    {
        _folder.File("cache", "a file where a folder should be");
        var selected = Select([Fake("a", 1, 0, 1)]);
        Assert.Equal(("a", false), (selected.Choice.Provider, selected.Kept));
        Assert.Matches("the choice cannot be remembered: ", Assert.Single(_log));
    }

    [Fact]
    public void The_oldest_choices_go_first()
    {
        Candidate[] candidates = [Fake("a", 1, 0, 1)];
        for (int i = 0; i < 258; i++) Select(candidates, model: $"model {i}");
        Assert.False(Select(candidates, model: "model 0").Remembered);
        Assert.True(Select(candidates, model: "model 257").Remembered);
    }

    [Fact]
    public void Cancelling_leaves_nothing_open()
    {
        using var cancel = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Select([Fake("a", 1, 0, 1), Fake("b", 1, 0, 1)], stage: s =>
        {
            if (s.StartsWith("speed", StringComparison.Ordinal)) cancel.Cancel();
        }, cancel: cancel));
        Assert.All(_opened.Values.SelectMany(s => s), s => Assert.True(s.Disposed));
    }

    private Candidate Fake(string name, double milliseconds, params float[] output) => new(name, "1", () =>
    {
        var session = new FakeSession(_clock, milliseconds, output);
        if (!_opened.TryGetValue(name, out var list)) _opened[name] = list = [];
        list.Add(session);
        return session;
    });

    private static Candidate Fails(string name, Exception e) => new(name, "1", () => throw e);

    private SelectedProvider Select(
        Candidate[] candidates, string model = "model", string conditions = "machine", double tolerance = 1e-4, bool remeasure = false,
        Candidate[]? references = null, Action<string>? stage = null, CancellationTokenSource? cancel = null) =>
        new ProviderSelector(new ChoiceCache(_folder["cache/providers.json"]), _log.Add, _clock).Select(new SelectionRequest
        {
            Model = "m.onnx",
            ModelSha256 = model,
            Traits = new ModelTraits(false, [0]),
            Conditions = conditions,
            Candidates = candidates,
            References = references ?? [Fake("definition", 50, 0, 1) with { Name = "the definition" }],
            Samples = _ => [[Models.Input]],
            Tolerance = tolerance,
        }, remeasure, stage, cancel?.Token ?? TestContext.Current.CancellationToken);
}
