namespace ModelFactory.Rendering;

/// <summary>A part number marked by laser along a circle of the face: five by seven dots a letter. Immutable.</summary>
internal sealed class LaserMark(string text, float startAngle, float contrast)
{
    private const float Advance = 6f / 7f;

    // Seven rows of five bits, the most significant bit leftmost.
    private static readonly Dictionary<char, byte[]> Glyphs = new()
    {
        ['0'] = [14, 17, 19, 21, 25, 17, 14], ['1'] = [4, 12, 4, 4, 4, 4, 14], ['2'] = [14, 17, 1, 2, 4, 8, 31],
        ['3'] = [31, 2, 4, 2, 1, 17, 14], ['4'] = [2, 6, 10, 18, 31, 2, 2], ['5'] = [31, 16, 30, 1, 1, 17, 14],
        ['6'] = [6, 8, 16, 30, 17, 17, 14], ['7'] = [31, 1, 2, 4, 8, 8, 8], ['8'] = [14, 17, 17, 14, 17, 17, 14],
        ['9'] = [14, 17, 17, 15, 1, 2, 12], ['E'] = [31, 16, 16, 30, 16, 16, 31], ['D'] = [28, 18, 17, 17, 17, 18, 28],
        ['F'] = [31, 16, 16, 30, 16, 16, 16], ['L'] = [16, 16, 16, 16, 16, 16, 31], ['-'] = [0, 0, 0, 31, 0, 0, 0],
        ['T'] = [31, 4, 4, 4, 4, 4, 4], ['O'] = [14, 17, 17, 17, 17, 17, 14], [' '] = [0, 0, 0, 0, 0, 0, 0],
    };

    private readonly float _width = text.Length * Advance;

    /// <summary>Share of the mark at a point, 0 where the face is bare; part coordinates.</summary>
    public float At(float u, float v, float r)
    {
        float row = (PartDesign.MarkRadius - r) / PartDesign.MarkHeight * 7 + 3.5f;
        if (row is < -0.5f or > 7.5f) return 0;
        float turn = MathF.Atan2(v, u) - startAngle;
        turn -= MathF.Floor(turn / MathF.Tau) * MathF.Tau;
        float along = turn * PartDesign.MarkRadius / PartDesign.MarkHeight;
        if (along >= _width) return 0;
        int letter = (int)(along / Advance);
        float column = (along - letter * Advance) * 7;
        byte[] glyph = Glyphs[text[letter]];
        // Bilinear between dots, then sharpened, so that strokes look burnt rather than square.
        float sum = 0;
        int c0 = (int)MathF.Floor(column - 0.5f), r0 = (int)MathF.Floor(row - 0.5f);
        float fc = column - 0.5f - c0, fr = row - 0.5f - r0;
        for (int dr = 0; dr < 2; dr++)
        {
            for (int dc = 0; dc < 2; dc++)
            {
                int c = c0 + dc, y = r0 + dr;
                if ((uint)c >= 5 || (uint)y >= 7 || (glyph[y] >> (4 - c) & 1) == 0) continue;
                sum += (dc == 0 ? 1 - fc : fc) * (dr == 0 ? 1 - fr : fr);
            }
        }
        return contrast * Math.Clamp(sum * 1.8f - 0.3f, 0, 1);
    }
}
