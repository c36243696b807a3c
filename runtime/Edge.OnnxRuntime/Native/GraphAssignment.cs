using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Edge.OnnxRuntime.Providers;
using OrtSession = Microsoft.ML.OnnxRuntime.InferenceSession;

namespace Edge.OnnxRuntime.Native;

/// <summary>
/// Which execution provider got which node, asked of ONNX Runtime's C interface; the managed one does not have it. The
/// session must have been made with <see cref="ConfigKey"/> set to 1.
/// </summary>
internal static unsafe class GraphAssignment
{
    public const string ConfigKey = "session.record_ep_graph_assignment_info";

    /// <summary>The version that brought the functions below, and their places in its table.</summary>
    private const uint Since = 24;
    private const int GetErrorMessage = 2, ReleaseStatus = 93, GetEpGraphAssignmentInfo = 407, GetEpName = 408, GetNodes = 409, GetName = 410, GetDomain = 411, GetOperatorType = 412;

    /// <summary>The nodes of the graph as it was shared out, after ONNX Runtime's basic optimisations and before its others.</summary>
    /// <exception cref="ProviderException">ONNX Runtime does not tell.</exception>
    public static IReadOnlyList<NodePlacement> Read(OrtSession session)
    {
        nint* api = OrtLibrary.Api(Since);
        if (api == null) throw new ProviderException($"ONNX Runtime {OrtLibrary.Build.Version} does not tell which provider runs which node; 1.{Since} or later does");
        nint* subgraphs;
        nuint count;
        Check(((delegate* unmanaged<nint, nint**, nuint*, nint>)api[GetEpGraphAssignmentInfo])(NativeHandle(session), &subgraphs, &count));
        var placements = new List<NodePlacement>();
        for (nuint i = 0; i < count; i++)
        {
            string provider = KnownProviders.ShortName(Text(api, GetEpName, subgraphs[i]));
            nint* nodes;
            nuint nodeCount;
            Check(((delegate* unmanaged<nint, nint**, nuint*, nint>)api[GetNodes])(subgraphs[i], &nodes, &nodeCount));
            for (nuint n = 0; n < nodeCount; n++)
                placements.Add(new NodePlacement(provider, Text(api, GetName, nodes[n]), Text(api, GetOperatorType, nodes[n]), Text(api, GetDomain, nodes[n])));
        }

        GC.KeepAlive(session);
        return placements;
    }

    /// <summary>The message of a failed OrtStatus, which is released; null for success.</summary>
    public static string? Message(nint status)
    {
        if (status == 0) return null;
        nint* api = OrtLibrary.Api(Since);
        string message = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)api[GetErrorMessage])(status)) ?? "";
        ((delegate* unmanaged<nint, void>)api[ReleaseStatus])(status);
        return message;
    }

    private static string Text(nint* api, int function, nint item)
    {
        nint text;
        Check(((delegate* unmanaged<nint, nint*, nint>)api[function])(item, &text));
        return Marshal.PtrToStringUTF8(text) ?? "";
    }

    private static void Check(nint status)
    {
        if (Message(status) is { } message) throw new ProviderException($"ONNX Runtime does not tell which provider runs which node: {message}");
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_nativeHandle")]
    private static extern ref nint NativeHandle(OrtSession session);
}
