using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Models;
using Trainyard.Core.Runs;

namespace Trainyard.Orchestrations.Activities;

public sealed record CopyModelRequest
{
    public required RunId RunId { get; init; }

    /// <summary>What was copied before.</summary>
    public required ModelCopy Copy { get; init; }
}

/// <summary>Copies the next files of a model, and lets it be used after the last.</summary>
public sealed class CopyModel(IRunStore runs, ModelRepository repository)
{
    // A step that is cut short is done again as a whole.
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(30);

    [Function(nameof(CopyModel))]
    public async Task<ModelCopy> RunAsync(
        [ActivityTrigger] CopyModelRequest request,
        CancellationToken cancellationToken
    )
    {
        if ((await runs.GetAsync(request.RunId, cancellationToken))?.Run is not { } run)
        {
            // Deleted meanwhile, and its model with it.
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
