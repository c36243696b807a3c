using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Edge.Evaluation.Tables;
using Edge.Evaluation.Truths;
using Edge.Imaging;

namespace Edge.Evaluation.Layouts;

/// <summary>
/// Boxes in files that are named as their pictures: YOLO's <c>labels/*.txt</c> in place of <c>images</c>, and Pascal VOC's
/// <c>annotations/*.xml</c>; both also beside the pictures. A picture without a file has no objects.
/// </summary>
internal static class BoxFiles
{
    private static readonly string[] s_folders = ["labels", "annotations", "Annotations"];

    /// <returns>Null where no picture has such a file.</returns>
    public static BoxTruth? Of(FolderFiles files)
    {
        string?[] found = [.. files.Pictures.Select(p => Beside(files, p))];
        if (found.All(f => f is null)) return null;
        return new BoxTruth(i => found[i] is not { } file ? [] : Path.GetExtension(file) == ".xml" ? Voc(file) : Yolo(file), $"the boxes of {files.Root}");
    }

    private static string? Beside(FolderFiles files, string picture)
    {
        foreach (string extension in (string[])[".txt", ".xml"])
        {
            string plain = Path.ChangeExtension(picture, extension);
            if (File.Exists(plain)) return plain;
            string relative = Path.GetRelativePath(files.Root, plain);
            foreach (string folder in s_folders)
            {
                // images/val/a.jpg: labels/val/a.txt; val/images/a.jpg: val/labels/a.txt; a.jpg: labels/a.txt.
                string[] parts = relative.Split(Path.DirectorySeparatorChar);
                string swapped = Path.Combine(files.Root, Path.Combine([.. parts.Select(p => p == "images" ? folder : p)]));
                if (swapped != plain && File.Exists(swapped)) return swapped;
                string inside = Path.Combine(files.Root, folder, relative);
                if (File.Exists(inside)) return inside;
            }
        }
        return null;
    }

    /// <summary>One object a line: class, then centre x and y, width and height in shares of the picture. More numbers are a polygon, whose bounds count.</summary>
    private static List<LabelledBox> Yolo(string file)
    {
        var boxes = new List<LabelledBox>();
        int line = 0;
        foreach (string text in File.ReadLines(file))
        {
            line++;
            string[] fields = text.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0) continue;
            float[] v = [.. fields.Skip(1).Select(f => float.TryParse(f, NumberStyles.Float, CultureInfo.InvariantCulture, out float x) ? x : throw Malformed())];
            if (!Number.TryParseIndex(fields[0], out int label) || (v.Length != 4 && (v.Length < 6 || v.Length % 2 != 0))) throw Malformed();
            Box box = v.Length == 4 ? Box.FromCenter(v[0], v[1], v[2], v[3])
                : new Box(v.Where((_, i) => i % 2 == 0).Min(), v.Where((_, i) => i % 2 == 1).Min(), v.Where((_, i) => i % 2 == 0).Max(), v.Where((_, i) => i % 2 == 1).Max());
            boxes.Add(new LabelledBox($"{label}", box, Relative: true));
        }
        return boxes;

        DataException Malformed() => new($"{file}: line {line} is no box; a class number and four shares of the picture are expected: 0 0.5 0.5 0.2 0.1");
    }

    private static List<LabelledBox> Voc(string file)
    {
        try
        {
            using var reader = XmlReader.Create(file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            XElement root = XElement.Load(reader);
            return [.. root.Elements("object").Select(o => new LabelledBox(Text(o, "name", file), VocBox(o.Element("bndbox") ?? throw Missing(file, "bndbox"), file), Relative: false))];
        }
        catch (XmlException e)
        {
            throw new DataException($"{file}: {e.Message}", e);
        }
    }

    /// <summary>VOC counts pixels from 1, and both edges are part of the box.</summary>
    private static Box VocBox(XElement b, string file) =>
        new(Edge(b, "xmin", file) - 1, Edge(b, "ymin", file) - 1, Edge(b, "xmax", file), Edge(b, "ymax", file));

    private static float Edge(XElement box, string name, string file) =>
        float.TryParse(Text(box, name, file), NumberStyles.Float, CultureInfo.InvariantCulture, out float v) ? v : throw new DataException($"{file}: {name} '{Text(box, name, file)}' is no number");

    private static string Text(XElement parent, string name, string file) => parent.Element(name)?.Value.Trim() ?? throw Missing(file, name);

    private static DataException Missing(string file, string name) => new($"{file}: an object has no <{name}>");
}
