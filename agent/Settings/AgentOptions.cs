using System.ComponentModel.DataAnnotations;
using System.Net;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Settings;

/// <summary>Settings of an agent.</summary>
public sealed class AgentOptions : IValidatableObject
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "Agent";

    /// <summary>The pool whose runs the node takes; null for <c>Pool:Name</c>.</summary>
    public string? Pool { get; set; }

    /// <summary>What manifests can require of the node: up to 32 <c>key=value</c>, with commas between. Default none.</summary>
    public string Labels { get; set; } = "";

    /// <summary>
    /// The IP address by which other nodes reach this one, for runs with several nodes. Default: the address with which
    /// it speaks to the service.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>How commands are isolated from the machine. Default <c>auto</c>.</summary>
    public SandboxMode Sandbox { get; set; } = SandboxMode.Auto;

    /// <summary>
    /// With bubblewrap and an agent that is root: the first of 256 users, by number, that commands run as, one for each slot;
    /// 1 to 2,000,000,000. Default 60800.
    /// </summary>
    [Range(1, 2_000_000_000)]
    public int CommandUser { get; set; } = 60800;

    /// <summary>The engine for commands that ask for a container image. Default <c>auto</c>.</summary>
    public ContainerMode Containers { get; set; } = ContainerMode.Auto;

    /// <summary>
    /// The network of commands in containers. Default <c>host</c>: the node's own network, as for other commands.
    /// </summary>
    public ContainerNetwork ContainerNetwork { get; set; } = ContainerNetwork.Host;

    /// <summary>How long the pull of a container image may take, 1 second to 1 day. Default 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ImagePullTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// The maximum total bytes of the container images that the agent has pulled and keeps. The least recently used
    /// images are removed first; an image in use is never removed. Default 50 GiB.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long MaxImageBytes { get; set; } = 50L << 30;

    /// <summary>
    /// The maximum total bytes of the virtual environments that the agent keeps. The least recently used ones are
    /// removed first; an environment in use is never removed. Default 20 GiB.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long MaxEnvironmentBytes { get; set; } = 20L << 30;

    /// <summary>Processes and threads that one command may have at once, where the machine can limit them; 64 to 4,194,304. Default 16384.</summary>
    [Range(64, 4_194_304)]
    public int MaxProcesses { get; set; } = 16_384;

    /// <summary>How long one request for work may wait for an answer, 0 to 60 seconds. Default 25 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan LeaseWait { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>
    /// With <c>--home</c>: how long an idle agent waits for a service that does not answer before it exits, 1 second
    /// to 1 day. Default 30 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan IdleExit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a busy agent that was told to stop continues its runs before it hands them back, 0 to 30 days. Default
    /// 10 minutes, and 1 day with <c>--home</c>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan? StopTimeout { get; set; }

    /// <summary>
    /// How long the hand-back of a run may take beyond its grace period before it is abandoned, 1 second to 1 hour.
    /// Default 2 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan HandBackTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long an attempt waits for a service that does not answer at all before the attempt is discarded, 1 second
    /// to 365 days. Default 7 days.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan ServicePatience { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How many objects of the data bucket, or pieces of large ones, are fetched in parallel, 1 to 64. Default 16.
    /// </summary>
    [Range(1, 64)]
    public int Downloads { get; set; } = 16;

    /// <summary>
    /// The maximum bytes of data that the agent keeps for later runs. The least recently used data is removed first,
    /// also when the disk has no room. 0 keeps none. Default 50 GiB.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long MaxCacheBytes { get; set; } = 50L << 30;

    /// <summary>How many files are staged in parallel, 1 to 64. Default 4.</summary>
    [Range(1, 64)]
    public int Uploads { get; set; } = 4;

    /// <summary>
    /// How long results, the rest of a log and the completion are retried while the service, or its store, answers
    /// that it cannot take them, 1 second to 1 day. Default 15 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan DeliveryPatience { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long a connection may transfer nothing before it counts as broken, 1 second to 1 hour. Default 1 minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan TransferSilence { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The free bytes of the attempts' disk below which the agent asks for no run. When less than half of this is
    /// left, the largest attempt is ended. Default 5 % of the disk, at most 1 GiB.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long? MinFreeBytes { get; set; }

    /// <summary>
    /// The maximum bytes of all folders of an attempt, including its data; 0 for no limit but the disk. Default 0.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long MaxScratchBytes { get; set; }

    /// <summary>
    /// The maximum bytes of an attempt's log, and of its metrics, 64 KiB or more. The last 64 KiB of a longer log are
    /// also kept. Default 1 GiB.
    /// </summary>
    [Range(64 * 1024, long.MaxValue)]
    public long MaxLogBytes { get; set; } = 1L << 30;

    /// <summary>The maximum bytes of all results of an attempt. Default 1 TiB.</summary>
    [Range(0, long.MaxValue)]
    public long MaxResultBytes { get; set; } = 1L << 40;

    /// <summary>The maximum number of files that an attempt may store, 0 to 1,000,000. Default 100,000.</summary>
    [Range(0, 1_000_000)]
    public int MaxResultFiles { get; set; } = 100_000;

    /// <summary>
    /// The maximum bytes of holes in a result file, which were never written and take no disk space. Default 256 MiB.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long MaxHoleBytes { get; set; } = 256L << 20;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Pool is { } pool && !PoolNames.IsName(pool))
        {
            yield return new ValidationResult($"Agent:Pool is {pool}: a pool's name is {PoolNames.Rule}.");
        }
        if (Address is { Length: > 0 } address && !IPAddress.TryParse(address, out _))
        {
            yield return new ValidationResult($"Agent:Address is {address}: it is an IP address, such as 10.0.0.4.");
        }
        if (NodeLabels.Read(Labels) is null)
        {
            yield return new ValidationResult(
                $"Agent:Labels is {Labels}: it is up to {NodeLabels.Most} key=value with commas between, each key once. "
                    + $"A key is {NodeLabels.NameRule}; a value {NodeLabels.ValueRule}."
            );
        }
    }
}

/// <summary>The engine that runs containers.</summary>
public enum ContainerMode
{
    /// <summary>Podman where it works, otherwise Docker, otherwise none.</summary>
    Auto,

    /// <summary>Podman; the agent does not start without it.</summary>
    Podman,

    /// <summary>Docker; the agent does not start without it.</summary>
    Docker,

    /// <summary>No engine: the node takes no runs with an image.</summary>
    None,
}

/// <summary>The network of commands in containers.</summary>
public enum ContainerNetwork
{
    /// <summary>The node's own.</summary>
    Host,

    /// <summary>A network of its own, with access to the outside.</summary>
    Private,

    /// <summary>No network except its own loopback.</summary>
    None,
}

/// <summary>How commands are isolated from the machine.</summary>
public enum SandboxMode
{
    /// <summary>Bubblewrap where it works, otherwise no sandbox, with a warning.</summary>
    Auto,

    /// <summary>Bubblewrap; the agent does not start without it.</summary>
    Bubblewrap,

    /// <summary>No sandbox: commands run with the rights of the agent's user.</summary>
    None,
}
