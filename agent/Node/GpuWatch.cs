using Microsoft.Extensions.Logging;
using Trainyard.Agent.Gpus;
using Trainyard.Agent.Logging;

namespace Trainyard.Agent.Node;

/// <summary>
/// Asks for the GPUs again and again: a driver that is ill takes the node out, and never makes it a node of CPU slots; a GPU
/// that is gone takes its slot along; both come back when they are well.
/// </summary>
internal sealed class GpuWatch(GpuProbe probe, SlotTable slots, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private TimeSpan pause = FirstPause;
    private volatile string? problem;

    /// <summary>Why no run should come here; null when all is well.</summary>
    public string? Problem => problem;

    /// <summary>Takes what was found at the start: no GPUs at all make a node of CPU slots.</summary>
    public void Begin(GpuListing listing)
    {
        if (listing.State is GpuState.None)
        {
            NodeLog.NoGpus(logger, listing.Why);
        }
        else
        {
            Note(listing);
        }
    }

    /// <summary>Ends with the token.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            await Task.Delay(problem is null ? Interval : pause, time, ended)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!ended.IsCancellationRequested)
                Note(await probe.ListAsync(CancellationToken.None));
        }
    }

    public void Note(GpuListing listing)
    {
        var isWell = listing.State is GpuState.Found;
        if (!isWell && problem is not null)
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        if (!isWell && problem != listing.Why)
            NodeLog.GpusIll(logger, listing.Why);
        if (isWell && problem is not null)
            NodeLog.GpusWell(logger);
        if (isWell)
            pause = FirstPause;
        problem = isWell ? null : listing.Why;
        if (slots.Update(listing.Gpus))
            NodeLog.GpusNow(logger, slots.Gpus);
    }
}
