namespace Edge.Mqtt.Storage;

/// <summary>
/// Appends that are written and flushed together. While one group is at the disk, the next one fills: the slower the
/// flush, the larger the groups. Filled under the outbox's lock, settled by its writer thread.
/// </summary>
internal sealed class CommitGroup
{
    private readonly List<ReadOnlyMemory<byte>> _bodies = [];
    private readonly TaskCompletionSource<long> _firstOrdinal = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<ReadOnlyMemory<byte>> Bodies => _bodies;

    public long Bytes { get; private set; }

    /// <summary>Completes, never fails, when the group is committed or has failed.</summary>
    public Task Settled => _settled.Task;

    /// <returns>The ordinal, once committed; fails with the <see cref="IOException"/> of the whole group.</returns>
    public Task<long> Add(ReadOnlyMemory<byte> body)
    {
        _bodies.Add(body);
        Bytes += RecordFormat.RecordHeaderLength + body.Length;
        return OrdinalAsync(_bodies.Count - 1);
    }

    public void Succeed(long firstOrdinal)
    {
        _firstOrdinal.SetResult(firstOrdinal);
        _settled.SetResult();
    }

    public void Fail(Exception cause)
    {
        _firstOrdinal.SetException(cause);
        _settled.SetResult();
    }

    private async Task<long> OrdinalAsync(int index) => await _firstOrdinal.Task.ConfigureAwait(false) + index;
}
