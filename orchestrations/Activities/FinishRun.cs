using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Orchestrations.Ending;

namespace Trainyard.Orchestrations.Activities;

public sealed record FinishRunRequest
{
    public required RunId RunId { get; init; }

    public required RunVerdict Verdict { get; init; }

    /// <summary>
    /// Whether to keep the key that signs notices; the credentials of the stores are destroyed in any case.
    /// </summary>
    public bool KeepNoticeKey { get; init; }
}

/// <summary>Ends a run with the verdict of its orchestration.</summary>
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
