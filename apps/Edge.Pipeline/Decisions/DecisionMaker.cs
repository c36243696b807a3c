using Edge.Onnx;
using Edge.Pipeline.Events;
using Edge.Pipeline.Postprocessing;

namespace Edge.Pipeline.Decisions;

/// <summary>
/// A rule, bound to the labels of a model and checked against them. Safe for concurrent use.
/// </summary>
public sealed class DecisionMaker
{
    private enum Role : byte
    {
        Defect,
        Ok,
        Ignored,
    }

    private readonly DecisionRule _rule;
    private readonly Labels _labels;
    private readonly Role[] _roles;
    private readonly (float Threshold, float? UnsureFrom)[] _limits;
    private readonly bool[] _hasOwn;

    /// <exception cref="ModelException">The rule names a label that the model has not.</exception>
    /// <exception cref="FormatException">The rule contradicts itself.</exception>
    public DecisionMaker(DecisionRule rule, Labels labels)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(labels);
        rule.Validate();
        (_rule, _labels) = (rule, labels);
        _roles = new Role[labels.Count];
        foreach (string label in rule.OkLabels) _roles[labels.IndexOf(label)] = Role.Ok;
        foreach (string label in rule.Ignore) _roles[labels.IndexOf(label)] = Role.Ignored;
        _hasOwn = new bool[labels.Count];
        foreach (string label in rule.PerClass.Keys) _hasOwn[labels.IndexOf(label)] = true;
        _limits = [.. labels.Names.Select(rule.LimitsOf)];
    }

    /// <summary>The lowest score that can make a part bad or unsure: a detector must not drop scores from here on.</summary>
    public float LowestLimit => _limits.Where((_, i) => _roles[i] == Role.Defect).Select(l => l.UnsureFrom ?? l.Threshold).DefaultIfEmpty(_rule.Threshold).Min();

    /// <exception cref="ModelException">The findings are of a classifier, and the rule has no ok labels.</exception>
    public Decision Decide(Findings findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        if (findings.Anomaly is { } anomaly) return Held(anomaly, _rule.Threshold, _rule.UnsureFrom, null);
        return findings.Scores.Count > 0 ? ByClasses(findings.Scores) : ByObjects(findings.Objects);
    }

    /// <exception cref="ModelException">The rule names none, so that it cannot decide about a classifier.</exception>
    public void RequireOkLabels()
    {
        if (_rule.OkLabels.Count == 0)
            throw new ModelException($"the rule names no okLabels: which of {string.Join(", ", _labels.Names.Take(10))} mean a good part?");
    }

    private Decision ByObjects(IReadOnlyList<Detection> objects)
    {
        Decision decision = new(Verdict.Ok, 0, _rule.Threshold, null);
        foreach (Detection d in objects)
        {
            if (_roles[d.ClassId] != Role.Defect || d.Box.Width < _rule.MinBoxWidth || d.Box.Height < _rule.MinBoxHeight) continue;
            (float threshold, float? unsureFrom) = _limits[d.ClassId];
            decision = Worse(decision, Held(d.Score, threshold, unsureFrom, _labels[d.ClassId]));
        }
        return decision;
    }

    private Decision ByClasses(IReadOnlyList<float> scores)
    {
        RequireOkLabels();
        double good = 0;
        int worst = -1;
        for (int c = 0; c < _roles.Length; c++)
        {
            if (_roles[c] != Role.Defect) good += scores[c];
            else if (worst < 0 || scores[c] > scores[worst]) worst = c;
        }
        Decision decision = Held((float)(1 - good), _rule.Threshold, _rule.UnsureFrom, worst < 0 ? null : _labels[worst]);
        for (int c = 0; c < _roles.Length; c++)
        {
            if (_roles[c] != Role.Defect || !_hasOwn[c]) continue;
            Decision own = Held(scores[c], _limits[c].Threshold, _limits[c].UnsureFrom, _labels[c]);
            // Beside the sum a single class counts only where it worsens the verdict.
            if (Rank(own.Verdict) > Rank(decision.Verdict)) decision = own;
        }
        return decision;
    }

    private static Decision Held(float score, float threshold, float? unsureFrom, string? label) =>
        new(score >= threshold ? Verdict.Ng : score >= unsureFrom ? Verdict.Unsure : Verdict.Ok, score, threshold, label);

    /// <summary>The worse verdict; of equal verdicts the higher score, of equal scores the first.</summary>
    private static Decision Worse(in Decision a, in Decision b)
    {
        if (Rank(a.Verdict) != Rank(b.Verdict)) return Rank(a.Verdict) > Rank(b.Verdict) ? a : b;
        return b.Score > a.Score ? b : a;
    }

    private static int Rank(Verdict verdict) => verdict switch { Verdict.Ok => 0, Verdict.Unsure => 1, Verdict.Ng => 2, _ => 3 };
}
