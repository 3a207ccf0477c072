using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Models;
using Trainyard.Core.Runs;

namespace Trainyard.Orchestrations.Activities;

public sealed record CopyModelRequest
{
    public required RunId RunId { get; init; }

    /// <summary>The progress of the copy so far.</summary>
    public required ModelCopy Copy { get; init; }
}

/// <summary>Copies the next files of a model, and releases the model for use after the last one.</summary>
public sealed class CopyModel(IRunStore runs, ModelRepository repository)
{
    // An interrupted activity is repeated as a whole, so a step is kept short.
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(30);

    [Function(nameof(CopyModel))]
    public async Task<ModelCopy> RunAsync(
        [ActivityTrigger] CopyModelRequest request,
        CancellationToken cancellationToken
    )
    {
        if ((await runs.GetAsync(request.RunId, cancellationToken))?.Run is not { } run)
        {
            // The run, and its model with it, was deleted in the meantime.
            return request.Copy with { IsWhole = true };
        }
        var copy = await repository.CopyAsync(run, request.Copy, Budget, cancellationToken);
        if (copy.IsWhole)
        {
            await repository.CompleteAsync(run, copy, cancellationToken);
        }
        return copy;
    }
}
