using System.Globalization;

namespace Edge.Onnx;

/// <summary>
/// Where a tensor's external elements lie: <see cref="TensorProto.ExternalData"/>, read strictly. Keys that this version does not
/// know are left alone.
/// </summary>
/// <param name="Location">Path relative to the model's folder, with '/'.</param>
/// <param name="Offset">First byte; 0 when not given.</param>
/// <param name="Length">Bytes, or null when not given: then the shape decides.</param>
/// <param name="Checksum">SHA-1 of the whole file in hexadecimal digits, or null.</param>
internal sealed record ExternalReference(string Location, long Offset, long? Length, string? Checksum)
{
    public static ExternalReference Of(TensorProto tensor)
    {
        string? location = null;
        long offset = 0;
        long? length = null;
        string? checksum = null;
        foreach (StringStringEntryProto entry in tensor.ExternalData)
        {
            switch (entry.Key)
            {
                case "location": location = entry.Value; break;
                case "offset": offset = Number(tensor, entry); break;
                case "length": length = Number(tensor, entry); break;
                case "checksum": checksum = entry.Value; break;
                default: break;
            }
        }
        if (string.IsNullOrEmpty(location)) TensorElements.Fail(tensor, "external_data has no location");
        return new ExternalReference(location, offset, length, checksum);
    }

    private static long Number(TensorProto tensor, StringStringEntryProto entry)
    {
        if (!long.TryParse(entry.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long value))
            TensorElements.Fail(tensor, $"external_data's {entry.Key} is '{entry.Value}', not a number of bytes");
        return value;
    }
}
