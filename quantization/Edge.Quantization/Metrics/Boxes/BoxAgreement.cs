namespace Edge.Quantization.Metrics.Boxes;

/// <summary>
/// How far two models find the same objects: boxes of one that the other has, too, of the same class and with an overlap of
/// at least 0.5, each box serving once and the best pairs first. Constant memory. Not synchronized.
/// </summary>
public sealed class BoxAgreement
{
    private const double Least = 0.5;

    /// <summary>Boxes of the reference.</summary>
    public int Reference { get; private set; }

    /// <summary>Boxes of the other model.</summary>
    public int Others { get; private set; }

    /// <summary>Pairs of boxes that agree.</summary>
    public int Common { get; private set; }

    /// <summary>Of the reference's boxes, the share that the other model has; 1 where the reference has none.</summary>
    public double Kept => Reference == 0 ? 1 : (double)Common / Reference;

    /// <summary>Of the other model's boxes, the share that the reference has; 1 where the other has none.</summary>
    public double Confirmed => Others == 0 ? 1 : (double)Common / Others;

    /// <summary>Both shares in one, <c>2·common / (reference + others)</c>; 1 where neither model finds anything.</summary>
    public double Share => Reference + Others == 0 ? 1 : 2.0 * Common / (Reference + Others);

    /// <summary>Adds all pictures that another has seen.</summary>
    public void Add(BoxAgreement other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Reference += other.Reference;
        Others += other.Others;
        Common += other.Common;
    }

    /// <summary>Adds one picture.</summary>
    public void Add(IReadOnlyList<ObjectBox> reference, IReadOnlyList<ObjectBox> others)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(others);
        Reference += reference.Count;
        Others += others.Count;
        var pairs =
            from r in Enumerable.Range(0, reference.Count)
            from o in Enumerable.Range(0, others.Count)
            where reference[r].Class == others[o].Class
            let overlap = ObjectBox.Overlap(reference[r], others[o])
            where overlap >= Least
            orderby overlap descending
            select (r, o);
        bool[] left = new bool[reference.Count], right = new bool[others.Count];
        foreach ((int r, int o) in pairs)
        {
            if (left[r] || right[o]) continue;
            left[r] = right[o] = true;
            Common++;
        }
    }
}
