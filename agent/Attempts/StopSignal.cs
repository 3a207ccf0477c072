namespace Trainyard.Agent.Attempts;

/// <summary>Why an attempt's command has to stop, and that its lease is gone. The first reason stays.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design",
    "CA1001",
    Justification = "It may be asked for after the attempt's end; its sources have neither timers nor handles."
)]
internal sealed class StopSignal
{
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource lost = new();
    private int reason = (int)StopReason.None;

    public StopReason Reason => (StopReason)Volatile.Read(ref reason);

    /// <summary>Ends the download or the command, with grace.</summary>
    public CancellationToken Stopped => stop.Token;

    /// <summary>Ends everything, without grace and without a word to the service.</summary>
    public CancellationToken Lost => lost.Token;

    public void Request(StopReason why)
    {
        if (Interlocked.CompareExchange(ref reason, (int)why, (int)StopReason.None) == (int)StopReason.None)
            stop.Cancel();
    }

    public void LoseLease()
    {
        Request(StopReason.LeaseLost);
        lost.Cancel();
    }
}

internal enum StopReason
{
    None,
    Canceled,
    MaxDuration,
    LeaseLost,
}
