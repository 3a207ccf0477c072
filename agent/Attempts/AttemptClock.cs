using Trainyard.Agent.Jobs;

namespace Trainyard.Agent.Attempts;

/// <summary>Stops an attempt that takes longer than the manifest allows, in any phase.</summary>
internal static class AttemptClock
{
    /// <summary>The longest delay of one timer; longer limits take several timers.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(20);

    /// <summary>Returns when the token is canceled or the limit is reached.</summary>
    public static async Task RunAsync(TimeSpan limit, StopSignal stop, TimeProvider time, CancellationToken ended)
    {
        var begin = time.GetTimestamp();
        while (limit - time.GetElapsedTime(begin) is var left && left > TimeSpan.Zero)
        {
            var delay = left < LongestTimer ? left : LongestTimer;
            await Task.Delay(delay, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested)
            {
                return;
            }
        }
        stop.Request(StopReason.MaxDuration);
    }
}
