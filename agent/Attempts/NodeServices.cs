using Microsoft.Extensions.Logging;
using Trainyard.Agent.Containers;
using Trainyard.Agent.Environments;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Limits;
using Trainyard.Agent.Networks;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Sampling;
using Trainyard.Agent.Sandboxes;
using Trainyard.Agent.Service;
using Trainyard.Agent.Settings;
using Trainyard.Agent.Transfers;

namespace Trainyard.Agent.Attempts;

/// <summary>The services that all attempts of this agent share.</summary>
internal sealed record NodeServices
{
    public required string Node { get; init; }

    public required string Work { get; init; }

    public required ServiceClient Service { get; init; }

    public required ServiceAddress Address { get; init; }

    /// <summary>The client for addresses outside the service: it sends no token.</summary>
    public required HttpClient Stores { get; init; }

    /// <summary>
    /// Like <see cref="Stores"/>, for a store whose certificate is issued by these authorities (PEM).
    /// </summary>
    public required Func<string, HttpClient> OpenStores { get; init; }

    public required SpawnThread Spawner { get; init; }

    public required ISandbox Sandbox { get; init; }

    /// <summary>
    /// Null where no container engine works. The probe takes longer than the rest of the start, so the start does not
    /// wait for it.
    /// </summary>
    public required Task<NodeContainers?> Containers { get; init; }

    /// <summary>The containers; null also while the probe still runs.</summary>
    public NodeContainers? ContainersNow => Containers.IsCompletedSuccessfully ? Containers.Result : null;

    /// <summary>Decides which networks commands can reach.</summary>
    public required NetworkGuard Network { get; init; }

    /// <summary>Cached data that earlier runs fetched.</summary>
    public required DataCache Data { get; init; }

    public required PythonEnvironments Environments { get; init; }

    public required PythonPrograms Python { get; init; }

    public required ControlGroups Groups { get; init; }

    /// <summary>Null where the node has no GPUs.</summary>
    public GpuMeter? GpuMeter { get; init; }

    public required AgentOptions Options { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }
}
