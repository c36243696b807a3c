namespace Edge.Runtime.Operators.Resize;

/// <summary>For each element of a resized axis the element of the input that is nearest.</summary>
internal static class NearestTable
{
    /// <summary>Indices within the input; −1 where the coordinate lies outside and the mode extrapolates.</summary>
    public static int[] Build(ResizeAttributes attributes, in ResizeAxis axis)
    {
        var table = new int[axis.Output];
        bool crop = attributes.Coordinates == CoordinateMode.CropAndResize;
        for (int i = 0; i < table.Length; i++)
        {
            if (!crop && axis.IsIdentity)
            {
                table[i] = i;
                continue;
            }

            float x = attributes.Coordinates.Source(axis, i);
            bool outside = crop && (x < 0 || x > axis.Input - 1);
            table[i] = outside ? -1 : Math.Clamp((int)Round(attributes.Nearest, x, axis.Scale < 1), 0, axis.Input - 1);
        }

        return table;
    }

    private static float Round(NearestMode mode, float x, bool shrinks) => mode switch
    {
        NearestMode.RoundPreferFloor => MathF.Ceiling(x - 0.5f),
        NearestMode.RoundPreferCeil => MathF.Floor(x + 0.5f),
        NearestMode.Floor => MathF.Floor(x),
        NearestMode.Ceil => MathF.Ceiling(x),
        _ => shrinks ? MathF.Ceiling(x) : MathF.Truncate(x),
    };
}
