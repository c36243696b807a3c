using Edge.Imaging;
using Edge.Onnx;
using Edge.Pipeline.Decisions;
using Edge.Pipeline.Events;
using Edge.Pipeline.Postprocessing;
using Xunit;

namespace Edge.Pipeline.Tests.Decisions;

public sealed class DecisionMakerTests
{
    private static readonly Labels Parts = Labels.Of("ok", "scratch", "stain", "screw");

    private static Decision Objects(string rule, params (int Class, float Score, float Size)[] objects) =>
        new DecisionMaker(DecisionRule.FromJson(rule), Parts).Decide(new Findings
        {
            Objects = [.. objects.Select(o => new Detection(o.Class, o.Score, new Box(0, 0, o.Size, o.Size)))],
        });

    private static Decision Scores(string rule, params float[] scores) =>
        new DecisionMaker(DecisionRule.FromJson(rule), Parts).Decide(new Findings { Scores = scores });

    [Fact]
    public void Nothing_found_is_ok() => Assert.Equal(new Decision(Verdict.Ok, 0, 0.5f, null), Objects("{}"));

    [Theory]
    [InlineData(0.29f, Verdict.Ok)]
    [InlineData(0.3f, Verdict.Unsure)]
    [InlineData(0.5999f, Verdict.Unsure)]
    [InlineData(0.6f, Verdict.Ng)]
    public void The_band_begins_and_ends_at_its_limits(float score, Verdict verdict) =>
        Assert.Equal(new Decision(verdict, score, 0.6f, "scratch"), Objects("""{"threshold":0.6,"unsureFrom":0.3}""", (1, score, 20)));

    [Fact]
    public void Without_a_band_there_is_no_doubt() => Assert.Equal(Verdict.Ok, Objects("""{"threshold":0.6}""", (1, 0.59f, 20)).Verdict);

    [Fact]
    public void The_worst_object_decides()
    {
        const string rule = """{"threshold":0.5,"perClass":{"stain":{"threshold":0.9,"unsureFrom":0.4}}}""";
        Assert.Equal(new Decision(Verdict.Unsure, 0.8f, 0.9f, "stain"), Objects(rule, (2, 0.8f, 20), (1, 0.4f, 20)));
        Assert.Equal(new Decision(Verdict.Ng, 0.55f, 0.5f, "scratch"), Objects(rule, (2, 0.8f, 20), (1, 0.55f, 20)));
    }

    [Fact]
    public void Ok_ignored_and_small_objects_do_not_count()
    {
        const string rule = """{"okLabels":["screw"],"ignore":["stain"],"minBoxWidth":10,"minBoxHeight":10}""";
        Assert.Equal(new Decision(Verdict.Ok, 0, 0.5f, null), Objects(rule, (3, 0.9f, 20), (2, 0.9f, 20), (1, 0.9f, 9.9f)));
        Assert.Equal(Verdict.Ng, Objects(rule, (1, 0.9f, 10)).Verdict);
    }

    [Fact]
    public void A_classifiers_defects_are_held_together_against_the_common_limits()
    {
        const string rule = """{"okLabels":["ok"],"threshold":0.6,"unsureFrom":0.3}""";
        Assert.Equal(Verdict.Ok, Scores(rule, 0.8f, 0.1f, 0.05f, 0.05f).Verdict);
        Decision unsure = Scores(rule, 0.55f, 0.2f, 0.15f, 0.1f);
        Assert.Equal((Verdict.Unsure, "scratch"), (unsure.Verdict, unsure.Label));
        Assert.Equal(0.45f, unsure.Score!.Value, 1e-6f);
        // Three defects of 0.3 each: none is likely by itself, but that the part is good is not likely either.
        Assert.Equal(Verdict.Ng, Scores(rule, 0.1f, 0.3f, 0.3f, 0.3f).Verdict);
    }

    [Fact]
    public void A_class_with_limits_of_its_own_is_held_against_them_besides()
    {
        const string rule = """{"okLabels":["ok"],"threshold":0.9,"perClass":{"stain":{"threshold":0.2}}}""";
        Assert.Equal(new Decision(Verdict.Ng, 0.25f, 0.2f, "stain"), Scores(rule, 0.7f, 0.05f, 0.25f, 0));
        Assert.Equal(Verdict.Ok, Scores(rule, 0.7f, 0.25f, 0.05f, 0).Verdict);
    }

    [Fact]
    public void Ignored_classes_of_a_classifier_do_not_speak_against_the_part() =>
        Assert.Equal(Verdict.Ok, Scores("""{"okLabels":["ok"],"ignore":["stain"]}""", 0.3f, 0.1f, 0.6f, 0).Verdict);

    [Fact]
    public void An_anomaly_is_held_against_the_common_limits()
    {
        var maker = new DecisionMaker(DecisionRule.FromJson("""{"threshold":10,"unsureFrom":8}"""), Labels.Of("anomaly"));
        Assert.Equal(new Decision(Verdict.Unsure, 9, 10, null), maker.Decide(new Findings { Anomaly = 9 }));
        Assert.Equal(Verdict.Ng, maker.Decide(new Findings { Anomaly = 10 }).Verdict);
    }

    [Fact]
    public void The_lowest_limit_is_the_least_that_matters()
    {
        Assert.Equal(0.2f, new DecisionMaker(DecisionRule.FromJson("""{"perClass":{"stain":{"unsureFrom":0.2}}}"""), Parts).LowestLimit);
        Assert.Equal(0.5f, new DecisionMaker(DecisionRule.FromJson("""{"ignore":["stain"],"perClass":{"stain":{"unsureFrom":0.2}}}"""), Parts).LowestLimit);
    }

    [Fact]
    public void A_label_that_the_model_has_not_is_an_error() =>
        Assert.Equal(
            "'scrach' is none of the labels of labels: ok, scratch, stain, screw",
            Assert.Throws<ModelException>(() => new DecisionMaker(DecisionRule.FromJson("""{"ignore":["scrach"]}"""), Parts)).Message);

    [Fact]
    public void A_classifier_without_ok_labels_cannot_be_decided() =>
        Assert.Equal("the rule names no okLabels: which of ok, scratch, stain, screw mean a good part?", Assert.Throws<ModelException>(() => Scores("{}", 1, 0, 0, 0)).Message);

    [Theory]
    [InlineData("""{"threshold":0.3,"unsureFrom":0.4}""", "rule: unsureFrom 0.4 of all classes is above the threshold 0.3")]
    [InlineData("""{"perClass":{"a":{"unsureFrom":0.7}}}""", "rule: unsureFrom 0.7 of 'a' is above the threshold 0.5")]
    [InlineData("""{"okLabels":["a"],"ignore":["a"]}""", "rule: 'a' is both in okLabels and in ignore")]
    [InlineData("""{"minBoxWidth":-1}""", "rule: minBoxWidth and minBoxHeight are not negative")]
    [InlineData("null", "rule: the JSON is null")]
    public void A_rule_that_contradicts_itself_is_refused(string json, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => DecisionRule.FromJson(json)).Message);

    [Fact]
    public void A_rule_reads_back_what_it_writes()
    {
        var rule = DecisionRule.FromJson("""{"threshold":0.6,"unsureFrom":0.4,"okLabels":["ok"],"perClass":{"stain":{"threshold":0.8}},"minBoxWidth":3}""");
        Assert.Equal(rule.ToJson(), DecisionRule.FromJson(rule.ToJson()).ToJson());
        Assert.Equal(0.8f, DecisionRule.FromJson(rule.ToJson()).PerClass["stain"].Threshold);
    }
}
