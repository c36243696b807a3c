using System.Collections.Concurrent;

namespace Edge.Tensors;

/// <summary>
/// The text behind the elements of string tensors. An element is an 8-byte handle into this table, which all tensors of
/// the process share; two handles are equal exactly if their texts are, ordinally, and the empty text has handle 0. So
/// whatever moves or compares 8-byte elements works on strings. Safe to use from several threads; reading takes no lock.
/// </summary>
/// <remarks>
/// Nothing is ever removed: a handle may lie in any tensor. The table therefore grows with each distinct string that is
/// met, in a model or in an input, and refuses more than <see cref="MaxStrings"/> of them, or more than
/// <see cref="MaxCharacters"/> in all. That is plenty for categories and vocabularies; free text without end belongs
/// into a process that is restarted now and then.
/// </remarks>
public static class StringTable
{
    private static readonly ConcurrentDictionary<string, long> s_handles = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> s_bySpan = s_handles.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly Lock s_gate = new();
    private static string[] s_texts = NewTexts();
    private static int s_count = 1;

    /// <summary>Distinct strings that the process may meet; 1,048,576 unless changed.</summary>
    public static int MaxStrings { get; set; } = 1 << 20;

    /// <summary>UTF-16 characters of all distinct strings together; 33,554,432 (64 MiB) unless changed.</summary>
    public static long MaxCharacters { get; set; } = 1 << 25;

    /// <summary>Distinct strings met so far, the empty one included.</summary>
    public static int Count => Volatile.Read(ref s_count);

    /// <summary>UTF-16 characters of all of them.</summary>
    public static long Characters { get; private set; }

    /// <summary>The handle of a text.</summary>
    /// <exception cref="InvalidOperationException">The text is new and the table is full.</exception>
    public static long Intern(ReadOnlySpan<char> text) =>
        text.Length == 0 ? 0 : s_bySpan.TryGetValue(text, out long handle) ? handle : Add(text.ToString());

    /// <inheritdoc cref="Intern(ReadOnlySpan{char})"/>
    public static long Intern(string text) =>
        text.Length == 0 ? 0 : s_handles.TryGetValue(text, out long handle) ? handle : Add(text);

    /// <summary>The text of a handle.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No text has this handle: it does not come from this table.</exception>
    public static string Text(long handle)
    {
        // The count is raised after the text was stored, so it is read first.
        if ((ulong)handle >= (ulong)Volatile.Read(ref s_count)) throw new ArgumentOutOfRangeException(nameof(handle), handle, "not the handle of a string");
        return Volatile.Read(ref s_texts)[handle];
    }

    private static string[] NewTexts()
    {
        var texts = new string[256];
        texts[0] = "";
        return texts;
    }

    private static long Add(string text)
    {
        lock (s_gate)
        {
            if (s_handles.TryGetValue(text, out long known)) return known;
            if (s_count >= MaxStrings || Characters + text.Length > MaxCharacters)
            {
                throw new InvalidOperationException(
                    $"the process has met {s_count:N0} distinct strings of {Characters:N0} characters; StringTable allows {MaxStrings:N0} of {MaxCharacters:N0}");
            }

            int handle = s_count;
            if (handle == s_texts.Length)
            {
                var larger = new string[2 * handle];
                s_texts.CopyTo(larger, 0);
                Volatile.Write(ref s_texts, larger);
            }

            s_texts[handle] = text;
            Characters += text.Length;
            Volatile.Write(ref s_count, handle + 1);
            s_handles[text] = handle;
            return handle;
        }
    }
}
