using System.Text;
using Edge.Onnx;

namespace Edge.Pipeline;

/// <summary>
/// Names of a model's classes, in their order. Immutable.
/// </summary>
public sealed class Labels
{
    private const long MaxBytes = 1 << 20;

    private readonly string[] _names;

    private Labels(string source, string[] names) => (Source, _names) = (source, names);

    /// <summary>Where they came from, for messages: the file.</summary>
    public string Source { get; }

    public int Count => _names.Length;

    public IReadOnlyList<string> Names => _names;

    /// <summary>The name of a class.</summary>
    public string this[int index] => _names[index];

    /// <summary>The names <c>class 0</c>, <c>class 1</c>, … for a model that came without.</summary>
    public static Labels Numbered(int count) => new("numbered", [.. Enumerable.Range(0, count).Select(i => $"class {i}")]);

    /// <exception cref="ModelException">A name is empty or stands twice.</exception>
    public static Labels Of(params IEnumerable<string> names) => Checked("labels", [.. names]);

    /// <summary>
    /// Reads a text file: UTF-8, one name a line, nothing else; there are no comments, so that <c>#</c> may begin a name.
    /// White space around a name and empty lines at the end do not count.
    /// </summary>
    /// <exception cref="ModelException">The file cannot be read or is no text, or a line is empty or stands twice; the message names file and line.</exception>
    public static Labels Load(string path)
    {
        string text;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes }) throw new ModelException($"{path}: more than {MaxBytes} bytes are no list of labels");
            text = File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelException($"{path}: no such file", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path}: cannot be read: {e.Message}", e);
        }
        catch (DecoderFallbackException e)
        {
            throw new ModelException($"{path}: not a text file in UTF-8", e);
        }
        string[] lines = text.TrimEnd().Split('\n', StringSplitOptions.TrimEntries);
        return Checked(path, lines);
    }

    /// <exception cref="ModelException">The number differs.</exception>
    public Labels RequireCount(int classes, string output) => classes == Count
        ? this
        : throw new ModelException($"{Source} has {Count} labels, but output '{output}' has {classes} classes");

    /// <summary>The number of a class.</summary>
    /// <exception cref="ModelException">There is no such label; the message lists those that are.</exception>
    public int IndexOf(string name)
    {
        int index = Array.IndexOf(_names, name);
        if (index >= 0) return index;
        string known = string.Join(", ", _names.Take(20)) + (Count > 20 ? ", …" : "");
        throw new ModelException($"'{name}' is none of the labels of {Source}: {known}");
    }

    private static Labels Checked(string source, string[] names)
    {
        var lines = new Dictionary<string, int>();
        for (int i = 0; i < names.Length; i++)
        {
            if (names[i].Length == 0) throw new ModelException($"{source}: line {i + 1} is empty; one label a line is expected");
            if (!lines.TryAdd(names[i], i + 1)) throw new ModelException($"{source}: line {i + 1} repeats '{names[i]}' of line {lines[names[i]]}");
        }
        return names.Length == 0 ? throw new ModelException($"{source}: no labels") : new Labels(source, names);
    }
}
