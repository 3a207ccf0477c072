using System.ComponentModel.DataAnnotations;

namespace Trainyard.Backends.ObjectStores.Network;

/// <summary>Settings of all stores.</summary>
public sealed class StoreOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Stores";

    /// <summary>
    /// Whether a manifest may name a store in a private network or on this machine. Switch it off if users who submit
    /// runs must not reach the service's networks. Link-local and cloud metadata addresses are never reached. Default
    /// true.
    /// </summary>
    public bool AllowPrivateEndpoints { get; set; } = true;

    /// <summary>
    /// Whether stores are reached through the proxy of the environment (<c>HTTPS_PROXY</c>). The proxy then decides which
    /// addresses may be reached, not the service. Default false.
    /// </summary>
    public bool UseProxy { get; set; }

    /// <summary>
    /// Bytes of each part of a large object, 5 MiB to 1 GiB; larger if the object would exceed a store's 10,000 parts.
    /// Parts are stored in parallel, and a retry sends a whole part again. Default 16 MiB.
    /// </summary>
    [Range(5L << 20, 1L << 30)]
    public long PartBytes { get; set; } = 16L << 20;
}
