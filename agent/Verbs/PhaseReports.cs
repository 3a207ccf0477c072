using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Trainyard.Agent.Files;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Reports the attempt's phases to the service, in order and in the background: nothing waits for a report, and a
/// failed report fails nothing.
/// </summary>
internal sealed class PhaseReports(AttemptClient client, TimeProvider time, ILogger logger)
{
    private readonly Channel<PhaseReport> _reports = Channel.CreateBounded<PhaseReport>(8);
    private volatile RunPhase _current = RunPhase.Queued;

    public void Report(RunPhase phase) => Report(phase, waits: null);

    /// <summary>Reports why the results do not arrive; null reports that they arrive again.</summary>
    public void ReportWait(string? why)
    {
        if (_current is RunPhase.Processing)
        {
            Report(RunPhase.Processing, why is null ? null : PrintableText.Of(why));
        }
    }

    /// <summary>Reports the progress of the download.</summary>
    public void ReportProgress(string text)
    {
        if (_current is RunPhase.Downloading)
        {
            Report(RunPhase.Downloading, waits: null, text);
        }
    }

    private void Report(RunPhase phase, string? waits, string? progress = null)
    {
        _current = phase;
        var report = new PhaseReport
        {
            Phase = phase,
            At = time.GetUtcNow(),
            Waits = waits,
            Progress = progress,
        };
        _reports.Writer.TryWrite(report);
    }

    /// <summary>Runs until the token is canceled.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        try
        {
            await foreach (var report in _reports.Reader.ReadAllAsync(ended))
            {
                await SendAsync(report, ended);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or LeaseLostException)
        {
            // The attempt has ended, so its phases no longer matter.
        }
    }

    private async Task SendAsync(PhaseReport report, CancellationToken cancellationToken)
    {
        try
        {
            await client.FetchAsync<object>(client.Routes.Phase(report), cancellationToken);
        }
        catch (Exception e) when (e is ServiceRefusedException or ServiceAwayException)
        {
            Log.PhaseRefused(logger, e.Message);
        }
    }
}
