using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Edge.Onnx.Wire;

/// <summary>
/// What one reading of a file shares: its name, where in the message tree the reader is, and the memory that is left.
/// </summary>
internal sealed class ReadContext(string name, long fileLength, OnnxLimits limits)
{
    private readonly (string Field, int Index)[] _path = new (string, int)[limits.MaxDepth];
    private readonly long _memory = limits.MemoryFor(fileLength);
    private long _used;
    private int _depth;

    /// <summary>Bytes that were charged so far.</summary>
    public long Used => _used;

    /// <summary>Goes into a sub-message; <paramref name="index"/> is its place in a repeated field, else -1.</summary>
    public void Enter(string field, int index, int offset)
    {
        if (_depth == _path.Length)
            Fail(field, $"messages are nested deeper than {_path.Length} levels", offset);
        _path[_depth++] = (field, index);
    }

    public void Leave() => _depth--;

    /// <summary>Accounts for memory that is about to be allocated.</summary>
    public void Charge(long bytes, string field, int offset)
    {
        _used += bytes;
        if (_used > _memory)
        {
            Fail(field, string.Create(CultureInfo.InvariantCulture,
                $"reading the model takes more than {_memory:N0} bytes of memory, the limit for a file of {fileLength:N0} bytes (OnnxLimits)"), offset);
        }
    }

    [DoesNotReturn]
    public void Fail(string field, string problem, int offset) => Fail(field, $"{problem} at offset {offset}");

    /// <summary>Throws the error that begins with file and message path; <paramref name="field"/> is empty for the message itself.</summary>
    [DoesNotReturn]
    public void Fail(string field, string problem)
    {
        StringBuilder path = new();
        for (int i = 0; i < _depth; i++)
        {
            if (path.Length != 0) path.Append('.');
            path.Append(_path[i].Field);
            if (_path[i].Index >= 0) path.Append('[').Append(_path[i].Index).Append(']');
        }
        if (field.Length != 0)
        {
            if (path.Length != 0) path.Append('.');
            path.Append(field);
        }
        string place = path.Length == 0 ? "" : $"{path}: ";
        throw new ModelException($"{name}: {place}{problem}");
    }
}
