using System.Diagnostics;
using ModelFactory.Defects;
using ModelFactory.Rendering;

var renderer = new PartRenderer(ulong.Parse(args[1]), "preview");
Directory.CreateDirectory(args[0]);
int n = int.Parse(args[2]), cols = int.Parse(args[3]), S = PartRenderer.Size;
int start = args.Length > 4 ? int.Parse(args[4]) : 0;
var watch = Stopwatch.StartNew();
int rows = (n + cols - 1) / cols;
var sheet = new byte[cols * S * rows * S * 3];
for (int k = 0; k < n; k++)
{
    int i = k + start;
    DefectKind[] kinds = i % 7 == 0 ? [] : [(DefectKind)(i % 7 - 1)];
    RenderedPart part = renderer.Render(i, kinds);
    var ms = new MemoryStream();
    new StbImageWriteSharp.ImageWriter().WriteJpg(part.Pixels, part.Size, part.Size, StbImageWriteSharp.ColorComponents.RedGreenBlue, ms, 88);
    Console.WriteLine($"{i} {string.Join(' ', part.Defects)} {ms.Length}");
    var px = StbImageSharp.ImageResult.FromMemory(ms.ToArray(), StbImageSharp.ColorComponents.RedGreenBlue).Data;
    void Set(int x, int y) { if (x < 0 || y < 0 || x >= S || y >= S) return; int q = (y * S + x) * 3; px[q] = 255; px[q + 1] = 220; px[q + 2] = 0; }
    if (args.Length > 5)
        foreach (var d in part.Defects)
        {
            var b = d.Box;
            for (int x = b.Left; x < b.Right; x++) { Set(x, b.Top - 1); Set(x, b.Bottom); }
            for (int y = b.Top; y < b.Bottom; y++) { Set(b.Left - 1, y); Set(b.Right, y); }
        }
    for (int y = 0; y < S; y++) Array.Copy(px, y * S * 3, sheet, (((k / cols) * S + y) * cols * S + (k % cols) * S) * 3, S * 3);
}
Console.WriteLine(watch.Elapsed / n);
using FileStream f = File.Create(Path.Combine(args[0], "sheet.png"));
new StbImageWriteSharp.ImageWriter().WritePng(sheet, cols * S, rows * S, StbImageWriteSharp.ColorComponents.RedGreenBlue, f);
