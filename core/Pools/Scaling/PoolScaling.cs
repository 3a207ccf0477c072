namespace Trainyard.Core.Pools.Scaling;

/// <summary>Keeps the number of machines that the queue needs.</summary>
public sealed class PoolScaling(
    IPoolScaler scaler,
    IPoolLoad loads,
    ScalingOptions options,
    PoolOptions pool,
    TimeProvider time
)
{
    /// <summary>The plan for now; null when the service does not manage the machines.</summary>
    public async Task<ScalingPlan?> PlanAsync(CancellationToken cancellationToken)
    {
        // Lists machines before nodes, so that the machine of a node that appears in between is known.
        if (await scaler.ListAsync(cancellationToken) is not { } machines)
        {
            return null;
        }
        var load = await loads.ReadAsync(pool.Name, cancellationToken);
        return ScalingPlan.Make(machines, load, options, pool, time.GetUtcNow());
    }

    /// <summary>
    /// Requests the missing machines, and records how many are starting for the owners of waiting runs.
    /// </summary>
    public async Task GrowAsync(ScalingPlan plan, CancellationToken cancellationToken)
    {
        if (plan.GrowTo is { } count)
        {
            await scaler.GrowToAsync(count, cancellationToken);
        }
        // An old record expires by itself, so zero need not be recorded.
        if (plan.Starting > 0)
        {
            await loads.AnnounceAsync(
                pool.Name,
                new StartingMachines(plan.Starting, time.GetUtcNow()),
                cancellationToken
            );
        }
    }

    /// <summary>
    /// Removes the machines whose nodes get no more runs, and returns them. A node that was given a run since the plan
    /// was made stays. After an interruption the next plan continues.
    /// </summary>
    public async Task<IReadOnlyList<MachineRemoval>> RemoveAsync(ScalingPlan plan, CancellationToken cancellationToken)
    {
        var removed = new List<MachineRemoval>();
        foreach (var removal in plan.Removals)
        {
            if (removal.Node is null || await loads.RetireAsync(removal.Node, cancellationToken))
            {
                removed.Add(removal);
            }
        }
        if (removed.Count > 0)
        {
            await scaler.RemoveAsync([.. removed.Select(removal => removal.Machine)], cancellationToken);
        }
        return removed;
    }
}
