namespace Trainyard.Agent.Transfers;

/// <summary>Reports the progress of the download at intervals that grow from 5 seconds to 1 minute.</summary>
/// <param name="progress">The progress to report.</param>
/// <param name="tell">Gets each sentence.</param>
/// <param name="time">The clock.</param>
internal sealed class DownloadReports(DownloadProgress progress, Action<string> tell, TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>Runs until the token is canceled.</summary>
    /// <returns>Whether there was any report.</returns>
    public async Task<bool> RunAsync(CancellationToken ended)
    {
        var told = false;
        var before = progress.Read();
        for (var pause = First; ; pause = pause * 2 < Longest ? pause * 2 : Longest)
        {
            var begin = time.GetTimestamp();
            await Task.Delay(pause, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested)
            {
                return told;
            }
            var now = progress.Read();
            var rate = (now.Bytes - before.Bytes) / Math.Max(time.GetElapsedTime(begin).TotalSeconds, 0.001);
            tell(ProgressText.Of(now, Math.Max(0, rate)));
            (told, before) = (true, now);
        }
    }
}
