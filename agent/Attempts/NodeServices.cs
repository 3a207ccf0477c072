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

    /// <summary>The HTTP client for addresses other than the service's. Sends no token.</summary>
    public required HttpClient Stores { get; init; }

    /// <summary>Opens a client for a store whose certificate is signed by these authorities (PEM).</summary>
    public required Func<string, HttpClient> OpenStores { get; init; }

    public required SpawnThread Spawner { get; init; }

    public required ISandbox Sandbox { get; init; }

    /// <summary>
    /// Null where no container engine works. The check takes longer than the rest of the start, so the start does not
    /// wait for it.
    /// </summary>
    public required Task<NodeContainers?> Containers { get; init; }

    /// <summary>Null also while the check is under way.</summary>
    public NodeContainers? ContainersNow => Containers.IsCompletedSuccessfully ? Containers.Result : null;

    /// <summary>Decides which parts of the network commands reach.</summary>
    public required NetworkGuard Network { get; init; }

    /// <summary>The cache of data that earlier runs downloaded.</summary>
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
