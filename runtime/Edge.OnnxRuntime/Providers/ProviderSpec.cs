using System.Text;

namespace Edge.OnnxRuntime.Providers;

/// <summary>
/// One provider of a configuration, with its options: <c>cuda</c>, <c>cuda:device_id=0,use_tf32=0</c>,
/// <c>qnn:backend_path=/usr/lib/libQnnHtp.so</c>, <c>plugin:/opt/npu/libnpu_ep.so:NpuExecutionProvider,device=npu</c>.
/// Option names and values are ONNX Runtime's, handed on as they are.
/// </summary>
public sealed class ProviderSpec
{
    public const string Cpu = "cpu";
    public const string Plugin = "plugin";

    private ProviderSpec(string name, string? library, string? libraryProvider, IReadOnlyDictionary<string, string> options) =>
        (Name, Library, LibraryProvider, Options) = (name, library, libraryProvider, options);

    /// <summary>One of <see cref="KnownProviders.Names"/>, or <see cref="Plugin"/>.</summary>
    public string Name { get; }

    /// <summary>The file of a plug-in; null for other providers.</summary>
    public string? Library { get; }

    /// <summary>Which of the plug-in's providers; null for the first.</summary>
    public string? LibraryProvider { get; }

    /// <summary>By name, in ordinal order.</summary>
    public IReadOnlyDictionary<string, string> Options { get; }

    /// <summary>
    /// Reads a list in order of preference: <c>tensorrt:trt_fp16_enable=1,device_id=0,cuda,cpu</c>. What holds a '=' and
    /// stands before any ':' is an option of the provider before it; a comma within a value is written <c>\,</c>.
    /// </summary>
    /// <exception cref="ProviderException">The text makes no sense.</exception>
    public static IReadOnlyList<ProviderSpec> ParseList(string text)
    {
        var specs = new List<ProviderSpec>();
        string? head = null;
        var options = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string piece in Split(text))
        {
            if (head is not null && IsOption(piece))
            {
                AddOption(options, piece, text);
                continue;
            }

            if (head is not null) specs.Add(Create(head, options, text));
            (head, options) = (piece, new SortedDictionary<string, string>(StringComparer.Ordinal));
        }

        specs.Add(Create(head ?? "", options, text));
        var twice = specs.GroupBy(s => s.Label).FirstOrDefault(g => g.Count() > 1);
        return twice is null ? specs : throw new ProviderException($"'{text}' names {twice.Key} twice");
    }

    /// <summary>What messages call it: its name; of a plug-in the name of its provider or file.</summary>
    public string Label => Library is null ? Name : LibraryProvider ?? Path.GetFileName(Library);

    /// <summary>The text that <see cref="ParseList"/> reads.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Name);
        if (Library is not null) text.Append(':').Append(Escape(Library));
        if (LibraryProvider is not null) text.Append(':').Append(LibraryProvider);
        char separator = Library is null ? ':' : ',';
        foreach (var (key, value) in Options)
        {
            text.Append(separator).Append(key).Append('=').Append(Escape(value));
            separator = ',';
        }

        return text.ToString();
    }

    /// <summary>The same with one more option, unless it has it already.</summary>
    internal ProviderSpec With(string key, string value) =>
        Options.ContainsKey(key) ? this : new ProviderSpec(Name, Library, LibraryProvider, new SortedDictionary<string, string>(Options.ToDictionary(), StringComparer.Ordinal) { [key] = value });

    private static ProviderSpec Create(string head, SortedDictionary<string, string> options, string text)
    {
        int colon = head.IndexOf(':');
        string name = (colon < 0 ? head : head[..colon]).Trim().ToLowerInvariant();
        string rest = colon < 0 ? "" : head[(colon + 1)..];
        if (name == Plugin) return CreatePlugin(rest, options);
        if (!KnownProviders.Names.Contains(name))
            throw new ProviderException($"'{(name.Length == 0 ? text : name)}' is no provider; providers: {string.Join(", ", KnownProviders.Names)}, plugin:/path/to/library[:name]");
        if (colon >= 0) AddOption(options, rest, text);
        return new ProviderSpec(name, null, null, options);
    }

    private static ProviderSpec CreatePlugin(string rest, SortedDictionary<string, string> options)
    {
        int colon = rest.LastIndexOf(':');
        // C:\plugin.dll has no name.
        bool named = colon > 1 && !rest[colon..].AsSpan().ContainsAny('/', '\\');
        string library = named ? rest[..colon] : rest;
        if (library.Length == 0) throw new ProviderException("plugin: write plugin:/path/to/library or plugin:/path/to/library:name");
        return new ProviderSpec(Plugin, library, named && colon + 1 < rest.Length ? rest[(colon + 1)..] : null, options);
    }

    private static void AddOption(SortedDictionary<string, string> options, string piece, string text)
    {
        int equals = piece.IndexOf('=');
        if (equals <= 0 || equals + 1 == piece.Length) throw new ProviderException($"'{piece}' in '{text}': an option is written name=value");
        if (!options.TryAdd(piece[..equals].Trim(), piece[(equals + 1)..])) throw new ProviderException($"'{text}' gives the option {piece[..equals]} twice");
    }

    private static bool IsOption(string piece)
    {
        int equals = piece.IndexOf('='), colon = piece.IndexOf(':');
        return equals >= 0 && (colon < 0 || equals < colon);
    }

    private static List<string> Split(string text)
    {
        var pieces = new List<string>();
        var piece = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] == ',')
            {
                piece.Append(',');
                i++;
            }
            else if (text[i] == ',')
            {
                pieces.Add(piece.ToString());
                piece.Clear();
            }
            else
            {
                piece.Append(text[i]);
            }
        }

        pieces.Add(piece.ToString());
        return pieces;
    }

    private static string Escape(string value) => value.Replace(",", "\\,", StringComparison.Ordinal);
}
