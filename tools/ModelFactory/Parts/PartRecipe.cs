using Edge.Training;
using ModelFactory.Defects;

namespace ModelFactory.Parts;

/// <summary>Which flaws each part of a set gets.</summary>
internal static class PartRecipe
{
    /// <summary>
    /// For training: three in ten are good; the others carry one to five flaws, more than a line ever shows, so that each
    /// picture teaches more. Classes are as likely as each other.
    /// </summary>
    public static DefectKind[] ForTraining(ulong seed, string purpose, int index)
    {
        var random = new RandomStream(seed, purpose + "/recipe", (ulong)index);
        var kinds = new DefectKind[random.Chance(0.3f) ? 0 : random.Between(1, 5)];
        foreach (ref DefectKind kind in kinds.AsSpan()) kind = (DefectKind)random.Next(DefectKinds.Count);
        return kinds;
    }

    /// <summary>For calibration: as a line might show them, half of them good, else one flaw.</summary>
    public static DefectKind[] ForCalibration(int index) => index % 2 == 0 ? [] : [(DefectKind)(index / 2 % DefectKinds.Count)];

    /// <summary>For tests: every second part is good; of the others every class comes in turn, and each eighth bad part has two flaws.</summary>
    public static DefectKind[] ForTest(int index)
    {
        if (index % 2 == 0) return [];
        int bad = index / 2;
        var first = (DefectKind)(bad % DefectKinds.Count);
        if (bad % 8 != 7) return [first];
        return [first, (DefectKind)((bad + 2 + bad / 24) % DefectKinds.Count)];
    }
}
