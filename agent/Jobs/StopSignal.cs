namespace Trainyard.Agent.Jobs;

/// <summary>Why an attempt's command has to stop, and that its lease is gone. The first reason stays.</summary>
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

    /// <summary>The reason in words, where it needs some.</summary>
    public string Explanation { get; private set; } = "";

    /// <summary>Ends the download or the command, with grace.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>Ends everything, without grace and without a word to the service.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>The owner has canceled, whatever else ended the command.</summary>
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

    /// <summary>It takes more of the disk than it may.</summary>
    ScratchLimit,

    /// <summary>The disk is full, and it takes most of it.</summary>
    DiskFull,

    /// <summary>The disk is full, and most of it is not the runs'.</summary>
    NodeFull,

    /// <summary>The agent was told to stop, and the time for that is over.</summary>
    NodeStops,
    LeaseLost,
}
