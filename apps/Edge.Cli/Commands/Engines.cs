using Edge.Cli.Output;
using Edge.Runtime;

namespace Edge.Cli.Commands;

/// <summary>Opens a model on one of the engines that this build has.</summary>
internal static class Engines
{
    public const string Own = "edge";
    public const string Other = "onnxruntime";

    /// <param name="engine"><see cref="Own"/> or <see cref="Other"/>.</param>
    /// <param name="path">The model file.</param>
    /// <param name="options">How our engine runs it; of them ONNX Runtime takes the number of threads.</param>
    public static IInferenceSession Open(string engine, string path, SessionOptions options)
    {
        switch (engine)
        {
            case Own:
                return OpenOwn(path, options);
            case Other:
#if ONNXRUNTIME
                return OnnxRuntime.OnnxRuntimeSession.Load(path, new OnnxRuntime.OnnxRuntimeOptions { Threads = options.Threads });
#else
                throw new CommandException("this build has no ONNX Runtime; build with -p:OnnxRuntime=true, or use `dotnet run --project apps/Edge.Cli`");
#endif
            default:
                throw new CommandException($"engine '{engine}' is not known; engines: {Own}, {Other}");
        }
    }

    /// <summary>A session that keeps its model for as long as it lives.</summary>
    public static InferenceSession OpenOwn(string path, SessionOptions options)
    {
        using var model = Model.Load(path);
        return new InferenceSession(model, options);
    }
}
