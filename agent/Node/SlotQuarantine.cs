using Microsoft.Extensions.Logging;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Node;

/// <summary>Withholds slots from new runs while processes that cannot be killed may still use them.</summary>
internal sealed class SlotQuarantine(SlotTable slots, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Releases the slots when the last process is gone; until then it runs as long as the agent.</summary>
    public async Task ReleaseWhenGoneAsync(SlotGrant grant, ProcessGroup group)
    {
        var numbers = string.Join(", ", grant.Slots);
        var pause = FirstPause;
        var told = false;
        while (group.Kill() is { Count: > 0 } members)
        {
            if (!told)
            {
                Log.SlotsSetAside(logger, string.Join(", ", members), numbers);
            }
            told = true;
            await Task.Delay(pause, time);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
        slots.Release(grant);
        if (told)
        {
            Log.SlotsBack(logger, numbers);
        }
    }
}
