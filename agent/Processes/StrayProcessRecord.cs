namespace Trainyard.Agent.Processes;

/// <summary>
/// Keeps on disk which processes only the living agent can tell for a command's: those that left its session and
/// dropped its variables, on a machine without a sandbox and without control groups. When the agent is killed, the next
/// one finds them by number and start time.
/// </summary>
internal sealed class StrayProcessRecord(ProcessGroup group, string file, TimeProvider time)
{
    /// <summary>How often the processes are looked at: what hides later than that before a kill is not known.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private IReadOnlyList<RemainingProcess> _known = [];

    /// <summary>Never fails.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!cancellationToken.IsCancellationRequested)
            {
                Look();
            }
        }
    }

    private void Look()
    {
        var mark = group.With(group.Strays()).Mark;
        if (mark.Remaining.SequenceEqual(_known))
        {
            return;
        }
        try
        {
            mark.Write(file);
            _known = mark.Remaining;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk may be full; the next look tries again.
        }
    }
}
