using Trainyard.Agent.Jobs;

namespace Trainyard.Agent.Attempts;

/// <summary>Stops an attempt that takes longer than the manifest allows, in whatever phase it is.</summary>
internal static class AttemptClock
{
    /// <summary>The longest delay that a timer supports.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(20);

    /// <summary>Completes when the token is canceled or when the time limit has passed.</summary>
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
