using Edge.OnnxRuntime.Native;
using Microsoft.ML.OnnxRuntime;
using OrtSessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Edge.OnnxRuntime.Providers;

/// <summary>Adds providers to a session that is about to be made. They rank in the order in which they are added.</summary>
internal static class ProviderRegistration
{
    /// <summary>Plug-in libraries are registered once a process; by their full path.</summary>
    private static readonly Dictionary<string, PluginLibrary> s_plugins = [];

    /// <exception cref="ProviderException">The provider does not take these options.</exception>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime cannot start the provider.</exception>
    public static void Append(OrtSessionOptions session, ProviderSpec spec)
    {
        switch (spec.Name)
        {
            case ProviderSpec.Cpu:
                // ONNX Runtime adds it to every session by itself.
                if (spec.Options.Count > 0) throw new ProviderException($"{spec}: cpu takes no options");
                break;
            case ProviderSpec.Plugin:
                AppendPlugin(session, spec);
                break;
            case "cuda":
                using (var cuda = new OrtCUDAProviderOptions())
                {
                    cuda.UpdateOptions(spec.Options.ToDictionary());
                    session.AppendExecutionProvider_CUDA(cuda);
                }

                break;
            case "tensorrt":
                using (var tensorRt = new OrtTensorRTProviderOptions())
                {
                    tensorRt.UpdateOptions(spec.Options.ToDictionary());
                    session.AppendExecutionProvider_Tensorrt(tensorRt);
                }

                break;
            case "acl":
                AppendAcl(session, spec);
                break;
            default:
                session.AppendExecutionProvider(spec.Name == "openvino" ? "OpenVINO" : spec.Name.ToUpperInvariant(), spec.Options.ToDictionary());
                break;
        }
    }

    private static void AppendAcl(OrtSessionOptions session, ProviderSpec spec)
    {
        const string FastMath = "enable_fast_math";
        if (spec.Options.Keys.Any(k => k != FastMath)) throw new ProviderException($"{spec}: acl takes the option {FastMath} only");
        bool fast = spec.Options.GetValueOrDefault(FastMath) is "1" or "true";
        if (GraphAssignment.Message(OrtLibrary.OrtSessionOptionsAppendExecutionProvider_ACL(session.DangerousGetHandle(), fast)) is { } message) throw new ProviderException($"{spec}: {message}");
    }

    private static void AppendPlugin(OrtSessionOptions session, ProviderSpec spec)
    {
        PluginLibrary plugin;
        lock (s_plugins)
        {
            string path = Path.GetFullPath(spec.Library!);
            if (!s_plugins.TryGetValue(path, out plugin!)) s_plugins[path] = plugin = PluginLibrary.Register(path);
        }

        session.AppendExecutionProvider(OrtEnv.Instance(), plugin.Select(spec), PluginLibrary.OptionsOf(spec));
    }
}
