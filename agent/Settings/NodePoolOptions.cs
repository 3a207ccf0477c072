using System.ComponentModel.DataAnnotations;

namespace Trainyard.Agent.Settings;

/// <summary>What a node says of itself to its pool; the service has more settings in this section.</summary>
public sealed class NodePoolOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Pool";

    /// <summary>The pool whose runs the node takes. Default <c>default</c>.</summary>
    [Required]
    public string Name { get; set; } = "default";

    /// <summary>CPU slots of this machine when <c>nvidia-smi</c> lists no GPU, 1 to 1,024. Default 2.</summary>
    [Range(1, 1024)]
    public int Slots { get; set; } = 2;

    /// <summary>
    /// Whether the node, when it has no GPUs, takes runs that need some. Default: beside its service on one machine it does.
    /// The service's own setting goes first.
    /// </summary>
    public bool? CpuStandIn { get; set; }

    /// <summary>
    /// What of the network commands reach. Default: <c>guarded</c> where the node can hold them to it, else <c>all</c>, which is
    /// said in the agent's log.
    /// </summary>
    public NetworkAccess? Network { get; set; }
}

/// <summary>What of the network commands reach.</summary>
public enum NetworkAccess
{
    /// <summary>All that the node reaches.</summary>
    All,

    /// <summary>All but link-local networks, cloud metadata, and the port of a service on the same machine.</summary>
    Guarded,

    /// <summary>As <see cref="Guarded"/>, and no private networks.</summary>
    Public,

    /// <summary>Nothing but itself.</summary>
    None,
}
