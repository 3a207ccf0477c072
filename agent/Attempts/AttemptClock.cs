using Trainyard.Agent.Jobs;

namespace Trainyard.Agent.Attempts;

/// <summary>Stops an attempt that takes longer than the manifest allows, whatever it is doing then.</summary>
internal static class AttemptClock
{
    /// <summary>What a timer can measure.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(20);

    /// <summary>Ends with the token, or when the time is over.</summary>
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
