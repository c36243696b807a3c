using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Edge.Mqtt.Storage;

/// <summary>
/// The ordinal up to which everything is acknowledged, in a file of two slots that are written in turn, a sector apart:
/// a torn write spoils one and leaves the other. Slot: <c>ordinal u64 | generation u64 | crc32c u32</c>, little
/// endian. A value that a crash took back costs a second delivery, never an event. Used under the store's lock, but for <see cref="Flush"/>.
/// </summary>
internal sealed class AcknowledgementFile : IDisposable
{
    private const int SlotLength = 20;
    private const int SlotDistance = 512;

    private readonly SafeFileHandle _handle;
    private long _generation;
    private volatile bool _dirty;

    private AcknowledgementFile(SafeFileHandle handle) => _handle = handle;

    /// <summary>0 if nothing was ever acknowledged.</summary>
    public long Ordinal { get; private set; }

    /// <summary>Written since the last <see cref="Flush"/>.</summary>
    public bool IsDirty => _dirty;

    /// <param name="path">Created if absent.</param>
    /// <param name="damaged">There is content, but no slot can be read: everything kept will be delivered again.</param>
    public static AcknowledgementFile Open(string path, out bool damaged)
    {
        var file = new AcknowledgementFile(File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read));
        bool first = file.TryReadSlot(0), second = file.TryReadSlot(1);
        damaged = !first && !second && RandomAccess.GetLength(file._handle) > 0;
        return file;
    }

    public void Write(long ordinal)
    {
        Span<byte> slot = stackalloc byte[SlotLength];
        BinaryPrimitives.WriteInt64LittleEndian(slot, ordinal);
        BinaryPrimitives.WriteInt64LittleEndian(slot[8..], ++_generation);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[16..], Crc32C.Of(slot[..16]));
        RandomAccess.Write(_handle, slot, _generation % 2 * SlotDistance);
        Ordinal = ordinal;
        _dirty = true;
    }

    /// <summary>May run beside <see cref="Write"/>.</summary>
    public void Flush()
    {
        _dirty = false;
        RandomAccess.FlushToDisk(_handle);
    }

    public void Dispose() => _handle.Dispose();

    private bool TryReadSlot(int index)
    {
        Span<byte> slot = stackalloc byte[SlotLength];
        if (RandomAccess.Read(_handle, slot, index * SlotDistance) != SlotLength
            || BinaryPrimitives.ReadUInt32LittleEndian(slot[16..]) != Crc32C.Of(slot[..16]))
            return false;
        long generation = BinaryPrimitives.ReadInt64LittleEndian(slot[8..]);
        if (generation > _generation)
        {
            _generation = generation;
            Ordinal = BinaryPrimitives.ReadInt64LittleEndian(slot);
        }
        return true;
    }
}
