using Edge.OnnxRuntime.Selection;
using Edge.Runtime;

namespace Edge.OnnxRuntime.Tests.Selection;

/// <summary>With engines that are really there; which of them wins is not known.</summary>
public sealed class RealSelectionTests
{
    [Fact]
    public void Our_runtime_and_the_CPU_provider_are_measured_and_agree()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("chain.onnx", Models.Chain());
        Candidate own = new("edge", "1", () =>
        {
            using var model = Model.Load(path);
            return new InferenceSession(model, new SessionOptions { Threads = 1 });
        });
        var request = new SelectionRequest
        {
            Model = "chain.onnx",
            ModelSha256 = OrtCandidates.Sha256(path),
            Traits = ModelTraits.Read(path),
            Conditions = "here",
            Candidates = [own, .. OrtCandidates.Of(path, new OnnxRuntimeOptions { Threads = 1, Spin = false }, strict: false)],
            References = [OrtCandidates.Reference(path)],
            Samples = _ => [[Models.Input]],
        };
        var selector = new ProviderSelector(new ChoiceCache(folder["providers.json"]), _ => { });
        var (session, choice, remembered, _) = selector.Select(request, remeasure: false, cancellation: TestContext.Current.CancellationToken);
        using (session) Assert.Equal(Models.Output, session.Run(Models.Input)[0].AsSpan<float>().ToArray());
        Assert.False(remembered);
        Assert.Equal(["edge", "cpu"], choice.Results.Select(r => r.Name));
        Assert.All(choice.Results, r => Assert.True(r is { MedianMs: > 0, Error: 0, Verdict: "fastest" or "slower" }, r.ToString()));
        using var again = selector.Select(request, remeasure: false, cancellation: TestContext.Current.CancellationToken).Session;
        Assert.Equal(session.Provider, again.Provider);
    }
}
