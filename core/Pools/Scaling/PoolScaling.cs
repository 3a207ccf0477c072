namespace Trainyard.Core.Pools.Scaling;

/// <summary>Keeps as many machines as the queue needs.</summary>
public sealed class PoolScaling(
    IPoolScaler scaler,
    IPoolLoad loads,
    ScalingOptions options,
    PoolOptions pool,
    TimeProvider time
)
{
    /// <summary>What there is to do now; null when the machines are not the service's.</summary>
    public async Task<ScalingPlan?> PlanAsync(CancellationToken cancellationToken)
    {
        // Machines first: a node that comes in between is then on a machine that is known.
        if (await scaler.ListAsync(cancellationToken) is not { } machines)
        {
            return null;
        }
        var load = await loads.ReadAsync(pool.Name, cancellationToken);
        return ScalingPlan.Make(machines, load, options, pool, time.GetUtcNow());
    }

    /// <summary>Asks for the machines that the plan lacks, and tells those who wait how many are being made.</summary>
    public async Task GrowAsync(ScalingPlan plan, CancellationToken cancellationToken)
    {
        if (plan.GrowTo is { } count)
        {
            await scaler.GrowToAsync(count, cancellationToken);
        }
        // What is not said again is soon not believed any more: that there are none need not be said.
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
    /// Removes the machines whose nodes get no more runs, and says which. A node that was given a run since the plan was made
    /// stays. When this is cut short, the next plan goes on with it.
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
