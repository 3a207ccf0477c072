using System.ComponentModel.DataAnnotations;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Pools.Scheduling;
using Trainyard.Manifests.Model;

namespace Trainyard.Core.Pools;

/// <summary>Settings of the pool of nodes.</summary>
public sealed class PoolOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Pool";

    /// <summary>The pool that runs go to. Default <c>default</c>.</summary>
    [Required]
    public string Name { get; set; } = "default";

    /// <summary>
    /// Further pools that manifests may name beside <see cref="Name"/>, separated by commas; others are refused.
    /// Default empty: manifests may name any pool, and a run waits there until a node joins that pool.
    /// </summary>
    public string Names { get; set; } = "";

    /// <summary>
    /// CPU slots of this machine when <c>nvidia-smi</c> lists no GPU: how many runs it trains at once, 1 to 1,024.
    /// Default 2.
    /// </summary>
    [Range(1, 1024)]
    public int Slots { get; set; } = 2;

    /// <summary>How long a node may be silent before its runs are lost, 1 second to 1 hour. Default 60 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a node renews its leases, 100 milliseconds to 10 minutes. Default 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a stopped command gets between SIGTERM and SIGKILL, 0 to 10 minutes. Default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether a run that asks for several nodes gets one, which stands in for all. Default false: it gets as many as
    /// it asks for, at once, and a service that has one machine refuses it.
    /// </summary>
    public bool SingleNodeStandIn { get; set; }

    /// <summary>
    /// Whether a run that asks for a container image is accepted and its command runs on the node itself. Default
    /// false: such a run is refused.
    /// </summary>
    public bool ImagesIgnored { get; set; }

    /// <summary>
    /// Whether nodes without GPUs take runs that need some, and run them on the CPU; the run, its log and the response
    /// to its submission say so. Nodes with the GPUs go first. Default: only the service's own machine does.
    /// </summary>
    public bool? CpuStandIn { get; set; }

    /// <summary>
    /// Whether any node may run any framework, so that commands use what is installed there. Default false: a run
    /// waits for a node that has its framework in its version.
    /// </summary>
    public bool FrameworkStandIn { get; set; }

    /// <summary>
    /// Whether a run whose manifest names a configuration may go to a node with fewer CPUs or less memory than that
    /// configuration. Default false: the run waits for a node that has them.
    /// </summary>
    public bool SizeStandIn { get; set; }

    /// <summary>
    /// How long a node may download a run's archive, data and checkpoint before the attempt is stopped, 1 minute to 30 days.
    /// Default 1 day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan DownloadTimeout { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Whether the embedded service starts an agent for this machine. Default true.</summary>
    public bool StartAgent { get; set; } = true;

    /// <summary>
    /// The half-life of an owner's usage of the pool, 1 minute to 365 days. Default 7 days. The owner with the least
    /// usage for its weight is next.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan FairShareHalfLife { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// The weights of owners, by name: an owner with 2 gets twice as much as one with 1. Default 1 for each.
    /// </summary>
    public Dictionary<string, double> FairShareWeights { get; } = [];

    /// <summary>
    /// The number of GPUs that a run without GPUs counts as in its owner's usage, 0 to 8. Default 0.25.
    /// </summary>
    [Range(0.0, 8.0)]
    public double FairShareCpuRun { get; set; } = 0.25;

    /// <summary>How many GPUs an owner's runs may hold at once; 0, the default, for no limit.</summary>
    [Range(0, int.MaxValue)]
    public int OwnerGpus { get; set; }

    /// <summary>How many of an owner's runs may have nodes at once; 0, the default, for no limit.</summary>
    [Range(0, int.MaxValue)]
    public int OwnerRuns { get; set; }

    /// <summary>
    /// How many of an owner's runs may wait; further submissions are refused. 0, the default, for no limit.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int OwnerWaiting { get; set; }

    /// <summary>How many GPUs all runs may hold at once; 0, the default, for no limit.</summary>
    [Range(0, int.MaxValue)]
    public int PoolGpus { get; set; }

    /// <summary>How many runs may have nodes at once; 0, the default, for no limit.</summary>
    [Range(0, int.MaxValue)]
    public int PoolRuns { get; set; }

    /// <summary>How many runs may wait; further submissions are refused. 0, the default, for no limit.</summary>
    [Range(0, int.MaxValue)]
    public int PoolWaiting { get; set; }

    /// <summary>
    /// After this wait a large run gets a reservation, regardless of fair shares and for one such run at a time, 1
    /// minute to 365 days. Default 1 day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromDays(1);

    /// <summary>All pools that the operator listed.</summary>
    public IReadOnlyList<string> AllNames =>
        [
            .. Names
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Prepend(Name)
                .Distinct(),
        ];

    /// <summary>Whether a manifest may name this pool.</summary>
    public bool MayName(string name) => string.IsNullOrWhiteSpace(Names) || AllNames.Contains(name);

    /// <summary>The pool that a run waits in.</summary>
    public string PoolOf(TrainingManifest? manifest) => manifest?.Pool ?? Name;

    /// <summary>How many nodes a run gets at once, each for one learner.</summary>
    public int LearnersOf(TrainingManifest manifest) => SingleNodeStandIn ? 1 : manifest.Compute.Nodes;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        AllNames
            .Skip(1)
            .Where(name => !PoolNames.IsName(name))
            .Select(name => new ValidationResult($"Pool:Names holds {name}: a pool's name is {PoolNames.Rule}."))
            .Concat(InvalidWeights());

    private IEnumerable<ValidationResult> InvalidWeights() =>
        FairShareWeights
            .Where(weight =>
                !Owner.TryParse(weight.Key, out _) || weight.Value is not (> 0 and < double.PositiveInfinity)
            )
            .Select(weight => new ValidationResult(
                $"Pool:FairShareWeights:{weight.Key} is {weight.Value}: a weight is a number above 0, its key an owner's name."
            ));

    /// <summary>The settings that concern the scheduler.</summary>
    public SchedulingOptions Scheduling =>
        new()
        {
            HalfLife = FairShareHalfLife,
            Weights = FairShareWeights,
            CpuRunGpus = FairShareCpuRun,
            LongestWait = LongestWait,
            OwnerGpus = OwnerGpus,
            OwnerRuns = OwnerRuns,
            PoolGpus = PoolGpus,
            PoolRuns = PoolRuns,
            SeenLately = LeaseRules.SeenLately(LeaseDuration),
        };

    /// <summary>The settings that relax the needs of runs.</summary>
    public Relaxations Relaxations =>
        new()
        {
            Framework = FrameworkStandIn,
            Images = ImagesIgnored,
            NamedSizes = SizeStandIn,
            Nodes = SingleNodeStandIn,
        };
}
