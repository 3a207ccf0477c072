namespace Trainyard.Backends.Dispatch;

/// <summary>Wakes everybody who waits, once for each raise. Take <see cref="Next"/> before looking, so that none is missed.</summary>
internal sealed class Signal
{
    private TaskCompletionSource source = New();

    /// <summary>Completes at the next raise.</summary>
    public Task Next => Volatile.Read(ref source).Task;

    public void Raise() => Interlocked.Exchange(ref source, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
