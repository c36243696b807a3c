using System.IO.Compression;
using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Quantization.Calibration;

/// <summary>
/// One array on disk: a <c>.npy</c> file, a member of an <c>.npz</c> archive, or bare numbers of a given type and shape.
/// Holds no open file; <see cref="OpenElements"/> opens one. The size that a header claims is checked against what the
/// file can hold before anything is allocated.
/// </summary>
/// <param name="Name">The member's name without <c>.npy</c>; the file's name without extension where there is one array.</param>
/// <param name="Place">What messages call it: <c>calibration.npz/images</c>.</param>
/// <param name="Type">Element type.</param>
/// <param name="Dims">Outermost first.</param>
/// <param name="OpenElements">A stream at the first element; it gives at least as many bytes as the shape asks, or ends early.</param>
internal sealed record ArrayFile(string Name, string Place, DataType Type, IReadOnlyList<long> Dims, Func<Stream> OpenElements)
{
    /// <summary>No byte of deflated data gives more (a match of 258 bytes in 2 bits).</summary>
    private const int MaxDeflateRatio = 1032;

    /// <summary>The arrays of a <c>.npy</c> or <c>.npz</c> file.</summary>
    /// <exception cref="ModelException">No such file, another kind of file, or a malformed one.</exception>
    public static IReadOnlyList<ArrayFile> Open(string path)
    {
        if (!File.Exists(path)) throw new ModelException($"{path}: no such file");
        string extension = Path.GetExtension(path).ToLowerInvariant();
        return extension switch
        {
            ".npy" => [Npy(path)],
            ".npz" => Npz(path),
            _ => throw new ModelException($"{path}: '{extension}' is not an array file; supported: .npy, .npz"),
        };
    }

    private static ArrayFile Npy(string path)
    {
        using FileStream file = File.OpenRead(path);
        NpyHeader header = NpyHeader.Read(file, path);
        long start = file.Position;
        if (file.Length - start < header.ByteLength)
            throw new ModelException($"{path}: the header promises {header.ByteLength} bytes of elements, the file has {file.Length - start}");
        return new ArrayFile(Path.GetFileNameWithoutExtension(path), path, header.Type, header.Dims, () =>
        {
            FileStream elements = File.OpenRead(path);
            elements.Position = start;
            return elements;
        });
    }

    private static List<ArrayFile> Npz(string path)
    {
        var arrays = new List<ArrayFile>();
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            long fileLength = new FileInfo(path).Length;
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                if (!entry.FullName.EndsWith(".npy", StringComparison.Ordinal)) continue;
                string place = $"{path}/{entry.FullName[..^4]}";
                using Stream stream = entry.Open();
                NpyHeader header = NpyHeader.Read(stream, place);
                long most = Math.Min(entry.CompressedLength, fileLength) * MaxDeflateRatio;
                if (header.ByteLength > most)
                    throw new ModelException($"{place}: the header promises {header.ByteLength} bytes of elements, {entry.CompressedLength} compressed bytes cannot hold them");
                string member = entry.FullName;
                arrays.Add(new ArrayFile(member[..^4], place, header.Type, header.Dims, () => OpenMember(path, member, place)));
            }
        }
        catch (InvalidDataException e)
        {
            throw new ModelException($"{path}: not a valid .npz archive: {e.Message}", e);
        }
        if (arrays.Count == 0) throw new ModelException($"{path}: the archive holds no .npy array");
        return arrays;
    }

    /// <summary>Each member has its own archive handle, so that several can be read side by side.</summary>
    private static MemberStream OpenMember(string path, string member, string place)
    {
        ZipArchive archive = ZipFile.OpenRead(path);
        try
        {
            Stream stream = (archive.GetEntry(member) ?? throw new ModelException($"{place}: the archive changed while it was read")).Open();
            NpyHeader.Read(stream, place);
            return new MemberStream(archive, stream);
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    /// <summary>A stream that closes its archive with it.</summary>
    private sealed class MemberStream(ZipArchive archive, Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override int Read(Span<byte> buffer) => inner.Read(buffer);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
                archive.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
