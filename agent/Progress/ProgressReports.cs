using Microsoft.Extensions.Logging;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Progress;

/// <summary>Tells the service how far the command has come: at once, then as often as the pause allows, and in the end.</summary>
internal sealed class ProgressReports(
    CommandProgress progress,
    Func<ProgressReport, CancellationToken, Task> send,
    TimeProvider time,
    ILogger logger
)
{
    /// <summary>Each report is a write of the run's record.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(5);
    private ProgressReport? _sent;
    private bool _isRefused;

    /// <summary>Ends with the token, after a last report. Nothing fails for it.</summary>
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
            // The run's end is told all the same.
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
            // The next report says more.
        }
        catch (Exception e) when (e is ServiceRefusedException or LeaseLostException)
        {
            Log.ProgressRefused(logger, e.Message);
            _isRefused = true;
        }
    }
}
