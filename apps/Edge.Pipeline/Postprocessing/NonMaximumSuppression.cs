using System.Runtime.InteropServices;
using Edge.Imaging;

namespace Edge.Pipeline.Postprocessing;

/// <summary>
/// Keeps the best of several boxes around one object (greedy non-maximum suppression): candidates are taken from the
/// highest score down, and one is dropped when it overlaps a kept one by more than the threshold.
/// </summary>
public static class NonMaximumSuppression
{
    /// <summary>
    /// Orders candidates by falling score and writes those kept in that order. Among equal scores the one decoded first
    /// wins, so that the result never depends on the sorting.
    /// </summary>
    /// <param name="candidates">In the order in which they were decoded; sorted and cut to <paramref name="maxCandidates"/> here.</param>
    /// <param name="maxOverlap">Intersection over union above which the lesser box is dropped; 1 keeps all.</param>
    /// <param name="classAgnostic">Boxes of different classes suppress each other too.</param>
    /// <param name="maxCandidates">Only so many of the best are looked at.</param>
    /// <param name="maxKept">Only so many are kept.</param>
    /// <param name="kept">Cleared, then written.</param>
    public static void Apply(
        List<Detection> candidates, float maxOverlap, bool classAgnostic, int maxCandidates, int maxKept, List<Detection> kept)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(kept);
        Sort(candidates);
        if (candidates.Count > maxCandidates) CollectionsMarshal.SetCount(candidates, maxCandidates);
        kept.Clear();
        foreach (Detection candidate in candidates)
        {
            if (kept.Count == maxKept) return;
            if (!IsSuppressed(candidate, kept, maxOverlap, classAgnostic)) kept.Add(candidate);
        }
    }

    private static bool IsSuppressed(in Detection candidate, List<Detection> kept, float maxOverlap, bool classAgnostic)
    {
        foreach (ref readonly Detection k in CollectionsMarshal.AsSpan(kept))
        {
            if ((classAgnostic || k.ClassId == candidate.ClassId) && Box.IntersectionOverUnion(k.Box, candidate.Box) > maxOverlap) return true;
        }
        return false;
    }

    /// <summary>List.Sort is not stable: the place before sorting settles ties.</summary>
    private static void Sort(List<Detection> candidates)
    {
        Span<Detection> span = CollectionsMarshal.AsSpan(candidates);
        var keys = new (float Score, int Place)[span.Length];
        for (int i = 0; i < keys.Length; i++) keys[i] = (span[i].Score, i);
        keys.AsSpan().Sort(span, static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Place.CompareTo(b.Place));
    }
}
