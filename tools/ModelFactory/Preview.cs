using System.Buffers;
using Edge.Devices;
using Edge.Imaging;
using ModelFactory.Defects;
using ModelFactory.Parts;
using ModelFactory.Rendering;

namespace ModelFactory;

/// <summary>A sheet of rendered parts, every class in turn, to look at.</summary>
internal static class Preview
{
    public static void Write(string path, ulong seed, int count, int columns, int first, bool boxes)
    {
        const int size = PartRenderer.Size;
        var renderer = new PartRenderer(seed, "preview");
        int rows = (count + columns - 1) / columns;
        using var sheet = new Bitmap(columns * size, rows * size, PixelFormat.Rgb24);
        sheet.Pixels.Clear();
        for (int k = 0; k < count; k++)
        {
            int kind = (first + k) % (DefectKinds.Count + 1) - 1;
            PartPicture part = PartPicture.Make(renderer, "", first + k, kind < 0 ? [] : [(DefectKind)kind]);
            using Bitmap picture = ImageCodec.Managed.Decode(part.Jpeg);
            if (boxes)
                foreach (DefectTruth d in part.Defects) Outline(picture, d.Box);
            for (int y = 0; y < size; y++) picture.Row(y).CopyTo(sheet.Row(k / columns * size + y)[(k % columns * size * 3)..]);
        }
        ImageCodec.Managed.Save(sheet.View, path);
    }

    private static void Outline(Bitmap picture, in PixelBox box)
    {
        for (int x = box.Left; x < box.Right; x++)
        {
            Mark(picture, x, box.Top);
            Mark(picture, x, box.Bottom - 1);
        }
        for (int y = box.Top; y < box.Bottom; y++)
        {
            Mark(picture, box.Left, y);
            Mark(picture, box.Right - 1, y);
        }
    }

    private static void Mark(Bitmap picture, int x, int y) => ((ReadOnlySpan<byte>)[255, 200, 0]).CopyTo(picture.Row(y)[(x * 3)..]);
}
