using System.Text;
using Edge.Cli.Output;
using Edge.Imaging;
using Edge.Onnx;
using Edge.Quantization;
using Edge.Quantization.Certificates;
using Edge.Quantization.Report.Html;
using Edge.Runtime;

namespace Edge.Cli.Quantizing;

/// <summary>Where a quantized model and its reports go. Each file is whole or not there.</summary>
/// <param name="Model">The model file.</param>
internal sealed record QuantizedFiles(string Model)
{
    private readonly string _reports = Path.Combine(Path.GetDirectoryName(Model) ?? "", Path.GetFileNameWithoutExtension(Model)) + ".report";

    public string Folder => Path.GetDirectoryName(Path.GetFullPath(Model))!;

    public string Json => _reports + ".json";

    public string Markdown => _reports + ".md";

    public string Html => _reports + ".html";

    /// <summary>What can be known before the work is done is told before it.</summary>
    /// <param name="output">The model file to be written.</param>
    /// <param name="source">The float model.</param>
    public static QuantizedFiles At(string output, string source)
    {
        string full = Path.GetFullPath(output);
        if (Directory.Exists(full)) throw new CommandException($"{output}: a folder, where the quantized model is to be written");
        if (full == Path.GetFullPath(source)) throw new CommandException($"{output}: the quantized model would overwrite its source");
        string folder = Path.GetDirectoryName(full)!;
        if (!Directory.Exists(folder)) throw new CommandException($"{folder}: no such folder");
        return new QuantizedFiles(output);
    }

    /// <summary>Whether the JSON report beside a model is the one that its certificate names; null where there is none.</summary>
    public static bool? ReportMatches(string model, ParityCertificate certificate)
    {
        string json = new QuantizedFiles(model).Json;
        return File.Exists(json) ? Sha256.Hex(File.ReadAllBytes(json)) == certificate.ReportSha256 : null;
    }

    /// <summary>Reports first: a model is not to be found without the report that its metadata names.</summary>
    public void Write(QuantizationResult result, HtmlReportOptions page)
    {
        AtomicFile.Write(Json, Encoding.UTF8.GetBytes(result.Report.ToJson() + "\n"));
        AtomicFile.Write(Markdown, Encoding.UTF8.GetBytes(result.Report.ToMarkdown()));
        AtomicFile.Write(Html, Encoding.UTF8.GetBytes(result.Report.ToHtml(page)));
        OnnxWriter.Save(result.Model, Model);
    }
}
