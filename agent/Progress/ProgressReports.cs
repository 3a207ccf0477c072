using Microsoft.Extensions.Logging;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Progress;

/// <summary>
/// Reports the command's progress to the service: at once, then as often as the pause allows, and at the end.
/// </summary>
internal sealed class ProgressReports(
    CommandProgress progress,
    Func<ProgressReport, CancellationToken, Task> send,
    TimeProvider time,
    ILogger logger
)
{
    /// <summary>The pause between reports, because each report is a write to the run's record.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(5);
    private ProgressReport? _sent;
    private bool _isRefused;

    /// <summary>Runs until the token is canceled, and then sends a last report. Never throws.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        try
        {
            while (!_isRefused)
            {
                await SendAsync(await progress.WaitAsync(ended), ended);
                await Task.Delay(Pause, time, ended);
            }
        }
        catch (OperationCanceledException)
        {
            await SendLastAsync();
        }
    }

    private async Task SendLastAsync()
    {
        if (progress.Latest is not { } last || last == _sent || _isRefused)
        {
            return;
        }
        using var deadline = new CancellationTokenSource(LastWord, time);
        try
        {
            await SendAsync(last, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // The end of the run is reported even without this last report.
        }
    }

    private async Task SendAsync(ProgressReport report, CancellationToken cancellationToken)
    {
        try
        {
            await send(report, cancellationToken);
            _sent = report;
        }
        catch (ServiceAwayException)
        {
            // The next report replaces this one.
        }
        catch (Exception e) when (e is ServiceRefusedException or LeaseLostException)
        {
            Log.ProgressRefused(logger, e.Message);
            _isRefused = true;
        }
    }
}
