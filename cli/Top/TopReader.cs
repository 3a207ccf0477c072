using Trainyard.Cli.Failures;
using Trainyard.Cli.Service;
using Trainyard.Contracts;
using Trainyard.Contracts.Nodes;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Top;

/// <summary>Asks the service for what <c>top</c> shows.</summary>
internal sealed class TopReader(ServiceClient service)
{
    /// <summary>The largest number of runs whose use is requested.</summary>
    private const int MostMeasured = 30;

    private bool _isOperator = true;

    public async Task<TopSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        var page = (await service.ListRunsUnderWayAsync(cancellationToken)).Value;
        var runs = page
            .Resources.OrderByDescending(run => run.Entity.Status.State is RunState.Running)
            .ThenByDescending(run => run.Entity.Status.SubmittedAt)
            .ToList();
        var measured = await Task.WhenAll(runs.Select((run, i) => MeasureAsync(run, i, cancellationToken)));
        return new TopSnapshot
        {
            Runs = measured,
            HasMore = page.Next is not null,
            Nodes = await FindNodesAsync(cancellationToken),
        };
    }

    private async Task<TopRun> MeasureAsync(RunResource run, int place, CancellationToken cancellationToken)
    {
        var isMeasured = place < MostMeasured && run.Entity.Status.Phase == "PROCESSING";
        if (!isMeasured || !RunId.TryParse(run.Metadata.Guid, out var id))
        {
            return new TopRun(run, ResourceUse.Unknown);
        }
        try
        {
            return new TopRun(run, ResourceUse.Parse(await service.LastMeasurementAsync(id, cancellationToken)));
        }
        catch (CliFailure failure) when (failure.ExitCode is ExitCode.NotFound or ExitCode.InvalidInput)
        {
            // The run was deleted since the list was made, or the service is too old to have measurements.
            return new TopRun(run, ResourceUse.Unknown);
        }
    }

    private async Task<IReadOnlyList<NodeResource>?> FindNodesAsync(CancellationToken cancellationToken)
    {
        if (!_isOperator)
        {
            return null;
        }
        try
        {
            return (await service.ListNodesAsync(cancellationToken)).Value.Resources;
        }
        catch (CliFailure failure) when (failure.ExitCode is ExitCode.NotAllowed)
        {
            _isOperator = false;
            return null;
        }
    }
}
