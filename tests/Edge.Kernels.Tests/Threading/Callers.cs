using System.Runtime.ExceptionServices;

namespace Edge.Kernels.Tests.Threading;

/// <summary>Threads that begin together.</summary>
internal static class Callers
{
    /// <summary>Calls <paramref name="work"/> with 0 … count − 1, each on a thread of its own, and rethrows what one of them threw.</summary>
    public static void AtOnce(int count, Action<int> work)
    {
        using var start = new Barrier(count);
        ExceptionDispatchInfo? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, count).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                work(i);
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        failure?.Throw();
    }
}
