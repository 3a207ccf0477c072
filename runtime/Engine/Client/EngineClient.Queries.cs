using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Client;

internal sealed partial class EngineClient
{
    /// <summary>Instances that one purge transaction erases: enough to be fast, few enough that others hardly wait.</summary>
    private const int PurgeBatch = 100;

    /// <summary>Instances that one purge looks up at a time.</summary>
    private const int PurgeLookup = 20 * PurgeBatch;

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var converter = getInputsAndOutputs ? Converter : null;
        return Task.FromResult(Engine.Reader.Read(session => session.Metadata(instanceId, converter)));
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default
    ) =>
        WaitAsync(
            instanceId,
            status => status != OrchestrationRuntimeStatus.Pending,
            getInputsAndOutputs,
            cancellation
        );

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default
    ) => WaitAsync(instanceId, status => status.HasEnded(), getInputsAndOutputs, cancellation);

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        var query = filter ?? new OrchestrationQuery();
        return Pageable.Create(
            (continuation, pageSize, cancellation) =>
            {
                cancellation.ThrowIfCancellationRequested();
                return Task.FromResult(
                    Engine.Reader.Read(session =>
                        InstancePages.Read(
                            session,
                            query,
                            pageSize ?? query.PageSize,
                            continuation ?? query.ContinuationToken,
                            query.FetchInputsAndOutputs ? Converter : null
                        )
                    )
                );
            }
        );
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId,
        PurgeInstanceOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        // As the Functions host answers the real client, whose own test host says 0.
        if (Engine.Reader.Read(session => session.Status(instanceId)) is { } status && !status.HasEnded())
        {
            throw new InvalidOperationException(
                $"Only an orchestration that has ended can be purged; '{instanceId}' is {status}."
            );
        }
        var purged = await PurgeAsync(session => session.Find(instanceId) is { } found ? [found.Seq] : [], options);
        return new PurgeResult(purged, isComplete: true);
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter,
        PurgeInstanceOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(filter);
        var asked = InstanceFilter.Of(filter.CreatedFrom, filter.CreatedTo, filter.Statuses);
        var purged = 0;
        foreach (var status in asked.Statuses.Where(status => status.HasEnded()))
        {
            purged += await PurgeAllAsync(asked, status, options, cancellation);
        }

        return new PurgeResult(purged, isComplete: true);
    }

    private async Task<int> PurgeAllAsync(
        InstanceFilter filter,
        OrchestrationRuntimeStatus status,
        PurgeInstanceOptions? options,
        CancellationToken cancellation
    )
    {
        for (var purged = 0; ; )
        {
            var before = purged;
            foreach (var batch in Engine.Reader.Read(s => s.Oldest(filter, status, PurgeLookup)).Chunk(PurgeBatch))
            {
                cancellation.ThrowIfCancellationRequested();
                purged += await PurgeAsync(_ => batch, options);
            }

            if (purged == before)
            {
                return purged;
            }
        }
    }

    private Task<int> PurgeAsync(Func<StoreSession, IEnumerable<long>> which, PurgeInstanceOptions? options)
    {
        var operation = new PurgeInstances(which, options?.Recursive ?? false);
        Engine.Writer.Add(operation);
        return operation.Done;
    }

    private async Task<OrchestrationMetadata> WaitAsync(
        string instanceId,
        Predicate<OrchestrationRuntimeStatus> condition,
        bool getInputsAndOutputs,
        CancellationToken cancellation
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            using var waiter = Engine.Waiters.Register(instanceId, condition);
            var metadata = await GetInstanceAsync(instanceId, getInputsAndOutputs, cancellation);
            if (metadata is not null && condition(metadata.RuntimeStatus))
            {
                return metadata;
            }

            await waiter.Told.WaitAsync(cancellation);
        }
    }
}
