namespace Trainyard.Core.Pools.Scheduling;

/// <summary>The owners with their shares and limits.</summary>
internal sealed class OwnerAccounts(SchedulingOptions options)
{
    private readonly Dictionary<string, OwnerAccount> _owners = [];

    public IEnumerable<OwnerAccount> All => _owners.Values;

    public int RunningGpus { get; private set; }

    public int Running { get; private set; }

    public OwnerAccount? Find(string name) => _owners.GetValueOrDefault(name);

    public OwnerAccount Of(string name)
    {
        if (!_owners.TryGetValue(name, out var owner))
        {
            var share = new FairShare(options.WeightOf(name), options.HalfLife);
            _owners[name] = owner = new OwnerAccount(name, _owners.Count, share);
        }
        return owner;
    }

    /// <summary>The number of GPUs that a run counts as.</summary>
    public double RateOf(QueuedRun run) => options.RateOf(run.Needs.Gpus) * run.Nodes;

    public void Start(OwnerAccount owner, QueuedRun run, long now) => Count(owner, run, 1, now);

    public void End(OwnerAccount owner, QueuedRun run, long now) => Count(owner, run, -1, now);

    /// <summary>Whether the owner's limits allow one more run of the group.</summary>
    public bool IsWithinLimits(RunGroup group) =>
        IsWithin(options.OwnerRuns, group.Owner.Running + 1)
        && (group.Shape.Gpus == 0 || IsWithin(options.OwnerGpus, group.Owner.RunningGpus + group.Shape.Gpus));

    /// <summary>Whether the pool's limits allow one more run of the shape.</summary>
    public bool IsWithinLimits(NeedShape shape) =>
        IsWithin(options.PoolRuns, Running + 1)
        && (shape.Gpus == 0 || IsWithin(options.PoolGpus, RunningGpus + shape.Gpus));

    private static bool IsWithin(int limit, int count) => limit == 0 || count <= limit;

    private void Count(OwnerAccount owner, QueuedRun run, int by, long now)
    {
        var gpus = by * run.Needs.Gpus * run.Nodes;
        owner.Running += by;
        owner.RunningGpus += gpus;
        Running += by;
        RunningGpus += gpus;
        owner.Share.ChangeRate(by * RateOf(run), now);
    }
}
