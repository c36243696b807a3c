using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Edge.Kernels.Threading;

/// <summary>
/// Where one thread sleeps until another wakes it. The sleeper calls <see cref="Announce"/>, looks once more for work, then
/// calls <see cref="Cancel"/> or <see cref="Wait"/>; who has made work calls <see cref="Wake"/> afterwards. One of the two
/// sees the other.
/// </summary>
/// <remarks>
/// On Linux a futex: waking costs the caller one system call and no lock, less than half of what a semaphore costs where
/// processors are virtual. Elsewhere a semaphore.
/// </remarks>
internal sealed unsafe partial class Parking : IDisposable
{
    private const int WaitPrivate = 128, WakePrivate = 129;

    private static readonly nint s_futexCall = OperatingSystem.IsLinux() ? CallNumber() : 0;

    /// <summary>1 while the thread sleeps or is about to, on a cache line of its own; pinned, so that its address holds.</summary>
    private readonly int[] _line = GC.AllocateArray<int>(64, pinned: true);
    private readonly int* _parked;
    private readonly SemaphoreSlim? _semaphore = s_futexCall == 0 ? new SemaphoreSlim(0) : null;

    public Parking() => _parked = (int*)Unsafe.AsPointer(ref _line[32]);

    public bool IsParked => Volatile.Read(ref *_parked) != 0;

    public void Announce() => Interlocked.Exchange(ref *_parked, 1);

    /// <summary>Takes the announcement back.</summary>
    public void Cancel()
    {
        // Who took it first is about to release the semaphore, which must be consumed.
        if (Interlocked.Exchange(ref *_parked, 0) == 0) _semaphore?.Wait();
    }

    public void Wait()
    {
        if (_semaphore is not null) _semaphore.Wait();
        else
            while (IsParked) _ = Futex(s_futexCall, _parked, WaitPrivate, 1, null);
    }

    /// <summary>Wakes the thread if it sleeps or is about to.</summary>
    public void Wake()
    {
        if (!IsParked || Interlocked.Exchange(ref *_parked, 0) == 0) return;
        if (_semaphore is not null) _semaphore.Release();
        else _ = Futex(s_futexCall, _parked, WakePrivate, 1, null);
    }

    public void Dispose() => _semaphore?.Dispose();

    /// <summary>The number of the system call futex; 0 if it is not known here, or refused.</summary>
    private static nint CallNumber()
    {
        nint number = RuntimeInformation.ProcessArchitecture switch { Architecture.X64 => 202, Architecture.Arm64 => 98, _ => 0 };
        int nobody = 0;
        return number != 0 && Futex(number, &nobody, WakePrivate, 1, null) == 0 ? number : 0;
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Futex(nint number, int* word, nint operation, nint value, void* timeout);
}
