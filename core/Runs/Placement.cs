using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Manifests;
using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Reading;

namespace Trainyard.Core.Runs;

/// <summary>Forecasts where a run can go in the current pool, and what it lacks there.</summary>
public sealed class Placement(IPoolLoad loads, FrameworkCatalog frameworks, PoolOptions pool, TimeProvider time)
{
    /// <summary>
    /// Why an owner may not submit a run now; empty when it may. Runs submitted a moment ago may not be counted yet.
    /// </summary>
    public async Task<IReadOnlyList<ProblemItem>> WaitingProblemsAsync(
        Owner owner,
        TrainingManifest? manifest,
        CancellationToken cancellationToken
    )
    {
        if (pool is { OwnerWaiting: 0, PoolWaiting: 0 })
        {
            return [];
        }
        var load = await loads.ReadAsync(pool.PoolOf(manifest), cancellationToken);
        var own = load.WaitingOf?.Invoke(owner) ?? 0;
        var more = manifest?.Array?.Count ?? 1;
        var these = more == 1 ? "" : $", the array has {more}";
        return pool.OwnerWaiting > 0 && own + more > pool.OwnerWaiting
                ?
                [
                    SubmissionProblems.TooManyWaiting(
                        $"{own} of your runs wait for a node{these}, and {pool.OwnerWaiting} may."
                    ),
                ]
            : pool.PoolWaiting > 0 && load.WaitingCount + more > pool.PoolWaiting
                ?
                [
                    SubmissionProblems.TooManyWaiting(
                        $"{load.WaitingCount} runs of the pool wait for a node{these}, and {pool.PoolWaiting} may."
                    ),
                ]
            : [];
    }

    /// <summary>The forecast for the owner who submits the run.</summary>
    /// <param name="manifest">What it asks for.</param>
    /// <param name="keys">Where it says so.</param>
    /// <param name="cancellationToken">Ends the look at the pool.</param>
    public async Task<PlacementForecast> ForecastAsync(
        TrainingManifest manifest,
        ManifestKeys keys,
        CancellationToken cancellationToken
    )
    {
        var name = pool.PoolOf(manifest);
        if (!pool.MayName(name))
        {
            return new PlacementForecast(
                [SubmissionProblems.UnknownPool(name, pool.AllNames, keys.Find("pool"))],
                Fixed(manifest)
            );
        }
        var load = await loads.ReadAsync(name, cancellationToken);
        var known = load.Nodes.Where(node => !node.IsRetired).ToList();
        var since = time.GetUtcNow() - LeaseRules.SeenLately(pool.LeaseDuration);
        var there = known.FindAll(node => node.Slots > 0 && node.SeenAt >= since);
        var needs = RunNeeds.Of(manifest, frameworks, pool.Relaxations);
        var isOneMachine = IsOneMachine(known, there);
        var tooMany = isOneMachine && pool.LearnersOf(manifest) > 1 ? UnmetNeeds.SeveralNodes(manifest, keys) : [];
        if (tooMany.Count > 0)
        {
            needs = needs with { MeetsPeers = false };
        }
        var able = there.FindAll(node => NodeMatch.Could(node.Provides, needs));
        if (able.Count > 0)
        {
            return new PlacementForecast(tooMany, Notices(manifest, Least(able, manifest)));
        }
        var unmet = isOneMachine ? UnmetNeeds.Problems(there[0], needs, manifest, keys, frameworks) : [];
        return new PlacementForecast([.. unmet, .. tooMany], Fixed(manifest));
    }

    /// <summary>What the run lacks on a node that takes it.</summary>
    public IReadOnlyList<string> Notices(TrainingManifest manifest, NodeOffer offer) =>
        Notices(manifest, ShortfallNotices.Of(NodeProvides.Of(offer), Asked(manifest)));

    /// <summary>Whether the node has fewer CPUs or less memory than the run asked for.</summary>
    public bool StandsIn(TrainingManifest manifest, NodeOffer offer) =>
        NodeMatch.AreSizesRelaxed(NodeProvides.Of(offer), RunNeeds.Of(manifest, frameworks, pool.Relaxations));

    // No other node was ever attached, and this node reports everything, so what it lacks will not become available.
    private static bool IsOneMachine(List<PoolNode> known, List<PoolNode> there) =>
        known.TrueForAll(node => node.Facts is { IsServiceMachine: true }) && there is [{ Facts.AreComplete: true }];

    private IReadOnlyList<string> Least(List<PoolNode> able, TrainingManifest manifest)
    {
        var asked = Asked(manifest);
        return able.Select(node => ShortfallNotices.Of(node.Provides, asked)).MinBy(shortfall => shortfall.Count)!;
    }

    private RunNeeds Asked(TrainingManifest manifest) => RunNeeds.Of(manifest, frameworks, Relaxations.None);

    private List<string> Notices(TrainingManifest manifest, IReadOnlyList<string> shortfall) =>
        [.. shortfall, .. Fixed(manifest)];

    private IReadOnlyList<string> Fixed(TrainingManifest manifest) =>
        [.. StandIns(manifest), .. NotPreempted(manifest), .. NotShared(manifest)];

    private IEnumerable<string> NotPreempted(TrainingManifest manifest)
    {
        if (manifest.Preemptible && !pool.Preemption)
        {
            yield return "It is `preemptible`, but this pool stops no run for another: it runs on like any other.";
        }
    }

    // FfDL's programs count on a volume that all learners of a job have.
    private IEnumerable<string> NotShared(TrainingManifest manifest)
    {
        if (manifest.Dialect is ManifestDialect.Ffdl && pool.LearnersOf(manifest) > 1)
        {
            yield return "Its learners share no folder, unlike in FfDL: each has a `/job` of its own, with the data and the model.";
        }
    }

    private IReadOnlyList<string> StandIns(TrainingManifest manifest) =>
        pool.SingleNodeStandIn ? StandInNotices.NoticesOf(manifest) : [];
}

/// <summary>The forecast of where a submitted run can go.</summary>
/// <param name="Problems">Why no node can ever run it; empty when one can, or when that is uncertain.</param>
/// <param name="Notices">What it would lack.</param>
public sealed record PlacementForecast(IReadOnlyList<ProblemItem> Problems, IReadOnlyList<string> Notices);
