using Edge.Training;
using ModelFactory.Rendering;

namespace ModelFactory.Defects;

/// <summary>One flaw with its place and form drawn, ready to be made in a scene. Immutable.</summary>
internal abstract class Defect
{
    public abstract DefectKind Kind { get; }

    /// <summary>The pixels that may change.</summary>
    public abstract PixelBox Reach { get; }

    /// <summary>Makes the flaw. A strength of 1 is as drawn; more is deeper or darker.</summary>
    public abstract void Apply(Scene scene, float strength);

    public static Defect Draw(DefectKind kind, Scene scene, RandomStream random) => kind switch
    {
        DefectKind.Scratch => new Scratch(scene, random),
        DefectKind.Dent => new Dent(scene, random),
        DefectKind.Crack => new Crack(scene, random),
        DefectKind.Stain => new Stain(scene, random),
        DefectKind.MissingHole => new MissingHole(scene, random),
        DefectKind.Burr => new Burr(scene, random),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>A place on the metal, clear of bore and holes by <paramref name="clearance"/>; part coordinates.</summary>
    protected static (float U, float V) PlaceOnMetal(Scene scene, RandomStream random, float inner, float outer, float clearance)
    {
        while (true)
        {
            float r = MathF.Sqrt(random.Uniform(inner * inner, outer * outer));
            (float s, float c) = MathF.SinCos(random.Uniform(0, MathF.Tau));
            (float u, float v) = (r * c, r * s);
            bool clear = true;
            for (int hole = 0; hole < PartDesign.Holes && clear; hole++)
            {
                (float hu, float hv) = scene.Pose.HoleCentre(hole);
                clear = (u - hu) * (u - hu) + (v - hv) * (v - hv) > Square(PartDesign.CountersinkRadius + clearance);
            }
            if (clear) return (u, v);
        }
    }

    protected static float Square(float x) => x * x;

    protected static float SmoothStep(float x)
    {
        x = Math.Clamp(x, 0, 1);
        return x * x * (3 - 2 * x);
    }
}
