using Edge.Cli.Output;
using Edge.Imaging;

namespace Edge.Cli.Pictures;

/// <summary>A folder that annotated pictures are written to, each under a name of its own.</summary>
internal sealed class PictureFolder
{
    private readonly string _path;
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes the folder if need be.</summary>
    /// <exception cref="CommandException">It cannot be made.</exception>
    public PictureFolder(string path)
    {
        _path = path;
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path}: the folder cannot be made: {e.Message}", e);
        }
    }

    /// <summary>
    /// Writes a picture named after its source, as JPEG if that is one, else as PNG. Sources of the same name in several
    /// folders get a number.
    /// </summary>
    /// <returns>The path.</returns>
    public string Save(Bitmap picture, string source)
    {
        string stem = Path.GetFileNameWithoutExtension(source);
        string extension = Path.GetExtension(source).ToLowerInvariant() is ".jpg" or ".jpeg" ? ".jpg" : ".png";
        string name = stem + extension;
        for (int n = 2; !_names.Add(name); n++) name = $"{stem}-{n}{extension}";
        string path = Path.Combine(_path, name);
        ImageCodec.Default.Save(picture.View, path);
        return path;
    }
}
