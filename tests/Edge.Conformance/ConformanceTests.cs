using Edge.Onnx;
using Edge.Runtime;
using Edge.Runtime.Execution;
using Xunit;

namespace Edge.Conformance;

/// <summary>ONNX's backend node tests, each on its own, with the graph rewritten and as it is.</summary>
public sealed class ConformanceTests
{
    private const string None = "(none)";

    /// <summary>Every test in scope that is not excluded, twice.</summary>
    public static IEnumerable<TheoryDataRow<string, bool>> Included() =>
        Rows(NodeTestSuite.InScope.Where(t => !Exclusions.Reasons.ContainsKey(t.Name)).Select(t => t.Name));

    /// <summary>Every excluded test, twice.</summary>
    public static IEnumerable<TheoryDataRow<string, bool>> Excluded() => Rows(Exclusions.Reasons.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Included))]
    public void The_runtime_returns_what_ONNX_defines(string name, bool optimize)
    {
        RequireSuite(name);
        string? failure = Failure(NodeTestSuite.Tests[name], optimize);
        Assert.True(failure is null, failure);
    }

    [Theory]
    [MemberData(nameof(Excluded))]
    public void An_excluded_test_does_not_pass_yet(string name, bool optimize)
    {
        RequireSuite(name);
        Assert.True(NodeTestSuite.Tests.ContainsKey(name), $"{name} is excluded, but there is no such test in scope");
        Assert.True(Failure(NodeTestSuite.Tests[name], optimize) is not null, $"{name} passes: take it off the exclusions");
    }

    private static IEnumerable<TheoryDataRow<string, bool>> Rows(IEnumerable<string> names)
    {
        // A theory without rows is an error; where the suite is absent, or nothing is excluded, one row says so.
        string[] all = NodeTestSuite.IsPresent ? [.. names] : [];
        if (all.Length == 0) return [new TheoryDataRow<string, bool>(None, false)];
        return all.SelectMany(n => new[] { new TheoryDataRow<string, bool>(n, false), new TheoryDataRow<string, bool>(n, true) });
    }

    private static void RequireSuite(string name)
    {
        Assert.SkipUnless(NodeTestSuite.IsPresent, "shared/data/conformance is not here");
        Assert.SkipWhen(name == None, "there is no such test");
    }

    /// <summary>What is wrong with the runtime's answer; null if nothing is.</summary>
    private static string? Failure(NodeTest test, bool optimize)
    {
        try
        {
            using var model = Model.Load(test.ModelBytes, test.Name);
            using InferenceSession? session = model.NonTensor is null ? new InferenceSession(model, new SessionOptions { Optimize = optimize, Threads = 1 }) : null;
            foreach (var (inputs, outputs) in test.DataSets())
            {
                var results = session is null ? ValuePlan.Run(model, inputs, optimize)
                    : [.. session.Run([.. inputs.Select(v => v.Tensor!)]).Select(RunValue.Of)];
                for (int i = 0; i < outputs.Length; i++)
                    if (ValuePlan.Difference(outputs[i], results[i]) is { } difference) return $"output {i} '{model.Outputs[i].Name}': {difference}";
            }

            return null;
        }
        catch (ModelException e)
        {
            // Refused at load or at run time: with the reason that the user would see.
            return e.Message;
        }
    }
}
