using Edge.Training;

namespace ModelFactory.Rendering;

/// <summary>
/// Where the part lies in the picture: a similarity with a slight tilt of the camera. Maps pixels to part coordinates
/// (outer radius 1, axes along the picture's) and back.
/// </summary>
internal readonly record struct Pose
{
    private readonly float _m00, _m01, _m10, _m11, _i00, _i01, _i10, _i11;

    /// <param name="centreX">Pixels.</param>
    /// <param name="centreY">Pixels.</param>
    /// <param name="radius">Outer radius, pixels.</param>
    /// <param name="rotation">Of the hole pattern, radians.</param>
    /// <param name="squeeze">1 − ratio of the short to the long axis that the tilt gives.</param>
    /// <param name="squeezeAngle">Direction of the short axis, radians.</param>
    public Pose(float centreX, float centreY, float radius, float rotation, float squeeze, float squeezeAngle)
    {
        CentreX = centreX;
        CentreY = centreY;
        Radius = radius;
        Rotation = rotation;
        (float s, float c) = MathF.SinCos(squeezeAngle);
        float k = 1 - squeeze;
        _m00 = radius * (s * s + k * c * c);
        _m11 = radius * (c * c + k * s * s);
        _m01 = _m10 = radius * (k - 1) * s * c;
        float det = _m00 * _m11 - _m01 * _m10;
        (_i00, _i01, _i10, _i11) = (_m11 / det, -_m01 / det, -_m10 / det, _m00 / det);
    }

    public float CentreX { get; }

    public float CentreY { get; }

    public float Radius { get; }

    public float Rotation { get; }

    public (float U, float V) ToPart(float x, float y)
    {
        x -= CentreX;
        y -= CentreY;
        return (_i00 * x + _i01 * y, _i10 * x + _i11 * y);
    }

    public (float X, float Y) ToPixel(float u, float v) => (CentreX + _m00 * u + _m01 * v, CentreY + _m10 * u + _m11 * v);

    /// <summary>Angle of a hole's centre, radians, in picture axes.</summary>
    public float HoleAngle(int hole) => Rotation + hole * (MathF.Tau / PartDesign.Holes);

    public (float U, float V) HoleCentre(int hole)
    {
        (float s, float c) = MathF.SinCos(HoleAngle(hole));
        return (PartDesign.HoleCircle * c, PartDesign.HoleCircle * s);
    }

    public static Pose Draw(RandomStream random, int size)
    {
        float radius = size * random.Uniform(0.4f, 0.445f);
        float slackX = size * 0.5f - radius - 4, shift = Math.Min(slackX, size * 0.06f);
        return new Pose(
            size * 0.5f + random.Uniform(-shift, shift),
            size * 0.5f + random.Uniform(-shift, shift),
            radius,
            random.Uniform(0, MathF.Tau),
            random.Uniform(0, 0.025f),
            random.Uniform(0, MathF.PI));
    }
}
