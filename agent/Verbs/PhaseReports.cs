using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Tells the service the attempt's phases, in order, beside the attempt: nothing waits for it. It is tried for as long as
/// the attempt lives, and a phase that cannot be told fails nothing.
/// </summary>
internal sealed class PhaseReports(AttemptClient client, TimeProvider time, ILogger logger)
{
    private readonly Channel<PhaseReport> reports = Channel.CreateBounded<PhaseReport>(8);

    public void Report(RunPhase phase) =>
        reports.Writer.TryWrite(new PhaseReport { Phase = phase, At = time.GetUtcNow() });

    /// <summary>Ends with the token.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        try
        {
            await foreach (var report in reports.Reader.ReadAllAsync(ended))
                await SendAsync(report, ended);
        }
        catch (Exception e) when (e is OperationCanceledException or LeaseLostException)
        {
            // The attempt ended, and whoever ended it knows.
        }
    }

    private async Task SendAsync(PhaseReport report, CancellationToken cancellationToken)
    {
        try
        {
            await client.DeliverAsync<object>(client.Routes.Phase(report), cancellationToken);
        }
        catch (ServiceRefusedException e)
        {
            Log.PhaseRefused(logger, e.Message);
        }
    }
}
