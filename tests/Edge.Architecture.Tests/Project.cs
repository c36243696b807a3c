using System.Xml.Linq;

namespace Edge.Architecture.Tests;

/// <summary>What the rules need of a project file.</summary>
/// <param name="Name">The file's name without extension.</param>
/// <param name="References">Names of the projects it references.</param>
/// <param name="Packages">Names of the packages it references.</param>
/// <param name="Properties">Properties by name; of several with one name the last.</param>
internal sealed record Project(SourceFile File, string Name, IReadOnlyList<string> References, IReadOnlyList<string> Packages, IReadOnlyDictionary<string, string> Properties)
{
    public static Project Parse(SourceFile file)
    {
        XElement root = XDocument.Parse(file.Text).Root!;
        Dictionary<string, string> properties = [];
        foreach (XElement property in root.Elements("PropertyGroup").Elements()) properties[property.Name.LocalName] = property.Value.Trim();
        return new Project(
            file,
            System.IO.Path.GetFileNameWithoutExtension(file.Name),
            [.. Includes(root, "ProjectReference").Select(path => System.IO.Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))],
            [.. Includes(root, "PackageReference")],
            properties);
    }

    public bool IsTrue(string property) => Properties.TryGetValue(property, out string? value) && value == "true";

    private static IEnumerable<string> Includes(XElement root, string item) =>
        root.Elements("ItemGroup").Elements(item).Select(element => (string?)element.Attribute("Include")).OfType<string>();
}
