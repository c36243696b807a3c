using Edge.Training;
using ModelFactory.Defects;

namespace ModelFactory.Parts;

/// <summary>Which flaws each part of a set gets.</summary>
internal static class PartRecipe
{
    /// <summary>For training: 38% good, else one flaw, or two (a quarter of the bad ones); classes as likely as each other.</summary>
    public static DefectKind[] ForTraining(ulong seed, string purpose, int index)
    {
        var random = new RandomStream(seed, purpose + "/recipe", (ulong)index);
        if (random.Chance(0.38f)) return [];
        var first = (DefectKind)random.Next(DefectKinds.Count);
        if (!random.Chance(0.25f)) return [first];
        return [first, (DefectKind)random.Next(DefectKinds.Count)];
    }

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
