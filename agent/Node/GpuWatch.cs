using Microsoft.Extensions.Logging;
using Trainyard.Agent.Gpus;
using Trainyard.Agent.Logging;

namespace Trainyard.Agent.Node;

/// <summary>
/// Lists the GPUs at intervals. A failing driver takes the node out of service, but never turns it into a node of CPU
/// slots. A missing GPU takes its slot along. Both return when they work again.
/// </summary>
internal sealed class GpuWatch(GpuProbe probe, SlotTable slots, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private TimeSpan _pause = FirstPause;
    private volatile string? _problem;

    /// <summary>The reason why the node should get no run; null when all is well.</summary>
    public string? Problem => _problem;

    /// <summary>Takes the listing at the start. A node without any GPUs becomes a node of CPU slots.</summary>
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

    /// <summary>Runs until the token is canceled.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            await Task.Delay(_problem is null ? Interval : _pause, time, ended)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!ended.IsCancellationRequested)
            {
                Note(await probe.ListAsync(CancellationToken.None));
            }
        }
    }

    public void Note(GpuListing listing)
    {
        var isWell = listing.State is GpuState.Found;
        if (!isWell && _problem is not null)
        {
            _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        }
        if (!isWell && _problem != listing.Why)
        {
            NodeLog.GpusIll(logger, listing.Why);
        }
        if (isWell && _problem is not null)
        {
            NodeLog.GpusWell(logger);
        }
        if (isWell)
        {
            _pause = FirstPause;
        }
        _problem = isWell ? null : listing.Why;
        if (slots.Update(listing.Gpus))
        {
            NodeLog.GpusNow(logger, slots.Gpus);
        }
    }
}
