using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Orchestrations.Ending;

namespace Trainyard.Orchestrations.Activities;

public sealed record FinishRunRequest
{
    public required RunId RunId { get; init; }

    public required RunVerdict Verdict { get; init; }

    /// <summary>Whether the key that signs notices is still needed; the stores' credentials go in any case.</summary>
    public bool KeepNoticeKey { get; init; }
}

/// <summary>Ends a run as its orchestration decided.</summary>
public sealed class FinishRun(IRunStore runs, RunEnding ending)
{
    [Function(nameof(FinishRun))]
    public async Task RunAsync([ActivityTrigger] FinishRunRequest request, CancellationToken cancellationToken)
    {
        var run = (await runs.GetAsync(request.RunId, cancellationToken))?.Run;
        if (run is null)
        {
            return;
        }
        using var span = run.StartSpan(nameof(FinishRun));
        await ending.EndAsync(run, request.Verdict, request.KeepNoticeKey, cancellationToken);
    }
}
