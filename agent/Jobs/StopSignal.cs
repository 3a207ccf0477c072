namespace Trainyard.Agent.Jobs;

/// <summary>Tells an attempt why its command must stop, or that its lease is lost. The first reason wins.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design",
    "CA1001",
    Justification = "It may be asked for after the attempt's end; its sources have neither timers nor handles."
)]
internal sealed class StopSignal
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _canceled = new();
    private int _reason = (int)StopReason.None;

    public StopReason Reason => (StopReason)Volatile.Read(ref _reason);

    /// <summary>The reason as text, where one is needed.</summary>
    public string Explanation { get; private set; } = "";

    /// <summary>Canceled to end the download or the command, with grace.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>Canceled to end everything, without grace and without a report to the service.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Canceled when the owner cancels, also when the command ends for another reason.</summary>
    public CancellationToken Canceled => _canceled.Token;

    public void Cancel()
    {
        Request(StopReason.Canceled);
        _canceled.Cancel();
    }

    /// <returns>False when another reason came first.</returns>
    public bool Request(StopReason why, string explanation = "")
    {
        if (Interlocked.CompareExchange(ref _reason, (int)why, (int)StopReason.None) != (int)StopReason.None)
        {
            return false;
        }
        Explanation = explanation;
        _stop.Cancel();
        return true;
    }

    public void LoseLease()
    {
        Request(StopReason.LeaseLost);
        _lost.Cancel();
    }
}

internal enum StopReason
{
    None,
    Canceled,
    MaxDuration,

    /// <summary>The attempt takes more disk space than it may.</summary>
    ScratchLimit,

    /// <summary>The disk is full, and this attempt takes the most space.</summary>
    DiskFull,

    /// <summary>The disk is full, and most of the used space is not the runs'.</summary>
    NodeFull,

    /// <summary>The agent was told to stop, and its drain time is over.</summary>
    NodeStops,

    /// <summary>The service told the attempt to give way to another run.</summary>
    Preempted,
    LeaseLost,
}
