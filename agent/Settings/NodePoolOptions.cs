using System.ComponentModel.DataAnnotations;

namespace Trainyard.Agent.Settings;

/// <summary>A node's settings for its pool; the service has more settings in the same section.</summary>
public sealed class NodePoolOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "Pool";

    /// <summary>The pool whose runs the node takes. Default <c>default</c>.</summary>
    [Required]
    public string Name { get; set; } = "default";

    /// <summary>CPU slots of this machine when <c>nvidia-smi</c> lists no GPU, 1 to 1,024. Default 2.</summary>
    [Range(1, 1024)]
    public int Slots { get; set; } = 2;

    /// <summary>
    /// Whether the node, when it has no GPUs, takes runs that need GPUs. Default: only next to its service on one
    /// machine. The service's own setting wins.
    /// </summary>
    public bool? CpuStandIn { get; set; }

    /// <summary>
    /// The networks that commands can reach. Default: <c>guarded</c> where the node can enforce it, otherwise
    /// <c>all</c>, with a message in the agent's log.
    /// </summary>
    public NetworkAccess? Network { get; set; }
}

/// <summary>The networks that commands can reach.</summary>
public enum NetworkAccess
{
    /// <summary>Everything that the node reaches.</summary>
    All,

    /// <summary>
    /// Everything except link-local networks, cloud metadata, and the port of a service on the same machine.
    /// </summary>
    Guarded,

    /// <summary>Like <see cref="Guarded"/>, and without private networks.</summary>
    Public,

    /// <summary>Only its own loopback.</summary>
    None,
}
