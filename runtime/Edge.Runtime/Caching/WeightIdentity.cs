using System.IO.Hashing;
using System.Text;
using Edge.Kernels.Packing;
using Edge.Runtime.Planning;
using Edge.Tensors;

namespace Edge.Runtime.Caching;

/// <summary>
/// What packed weights are a function of: the model's bytes, external data included, the shapes and options that its plan
/// was made for, the kernel set, and the code that imports, rewrites and packs. A hash of 128 bits, which finds mix-ups; whoever
/// can write to the cache's folder is trusted.
/// </summary>
internal static class WeightIdentity
{
    /// <summary>Bytes.</summary>
    public const int Length = 16;

    /// <summary>Bytes of the model that are in memory at once while they are hashed.</summary>
    private const int ReadBytes = 1 << 20;

    /// <summary>Null for a model without bytes of its own, made of messages in memory.</summary>
    public static byte[]? Of(Model model, ReadOnlySpan<Shape> shapes, PlanSettings settings)
    {
        var hash = new XxHash128();
        long length = 0;
        foreach (var part in model.Contents())
        {
            for (int at = 0; at < part.Length; at += ReadBytes)
            {
                hash.Append(part.Span[at..Math.Min(at + ReadBytes, part.Length)]);
                model.ReleasePages();
            }

            length += part.Length;
        }

        if (length == 0) return null;
        var text = new StringBuilder();
        // The compiler writes another one into each assembly whose code differs.
        text.Append(typeof(WeightIdentity).Module.ModuleVersionId).Append(' ').Append(typeof(PackedStore).Module.ModuleVersionId);
        text.Append(' ').Append(length).Append(' ').Append(settings.Kernels.Name).Append(' ').Append(settings.Optimize).Append(' ').Append(settings.Threads);
        foreach (var shape in shapes) text.Append(' ').Append(shape);
        hash.Append(Encoding.UTF8.GetBytes(text.ToString()));
        return hash.GetCurrentHash();
    }

    /// <summary>Stands for the name of a layout in files.</summary>
    public static ulong OfLayout(string layout) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(layout));

    /// <summary>Of a file's contents.</summary>
    public static UInt128 Checksum(ReadOnlySpan<byte> bytes) => XxHash128.HashToUInt128(bytes);
}
