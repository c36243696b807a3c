using System.Text;
using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Runtime.Operators;

/// <summary>What operators on strings share. Strings that are new to the process take memory and, once, a lock.</summary>
internal static class Texts
{
    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The text of UTF-8 bytes.</summary>
    /// <exception cref="ModelException">They are no UTF-8: different strings would become the same.</exception>
    public static string Decode(ReadOnlySpan<byte> utf8, string owner)
    {
        try
        {
            return s_strict.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new ModelException($"{owner}: a string is not UTF-8", e);
        }
    }

    /// <summary>The element of a string tensor.</summary>
    /// <exception cref="ModelException">The text is new and the table is full.</exception>
    public static long Intern(ReadOnlySpan<char> text, string owner)
    {
        try
        {
            return StringTable.Intern(text);
        }
        catch (InvalidOperationException e)
        {
            throw new ModelException($"{owner}: {e.Message}", e);
        }
    }

    /// <summary>A tensor of strings.</summary>
    /// <exception cref="ModelException">The table is full.</exception>
    public static unsafe Tensor Tensor(Shape shape, ReadOnlySpan<string> texts, string owner)
    {
        var t = Tensors.Tensor.Create(DataType.String, shape);
        for (int i = 0; i < texts.Length; i++) ((long*)t.Data)[i] = Intern(texts[i], owner);
        return t;
    }
}
