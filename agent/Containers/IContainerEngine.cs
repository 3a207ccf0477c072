using Trainyard.Agent.Sandboxes;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Containers;

/// <summary>What runs containers on this node.</summary>
internal interface IContainerEngine
{
    ContainerEngineFact Fact { get; }

    /// <summary>Brings an image from its registry; what is here already comes once.</summary>
    /// <param name="name">In full.</param>
    /// <param name="loginFile">The logins to use; null for the node's own.</param>
    /// <param name="line">Gets the engine's lines about its progress.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<EngineAnswer> PullAsync(
        ImageName name,
        string? loginFile,
        Action<string> line,
        CancellationToken cancellationToken
    );

    /// <returns>Null when it is not here.</returns>
    Task<LocalImage?> FindImageAsync(string name, CancellationToken cancellationToken);

    /// <returns>False when something uses it.</returns>
    Task<bool> RemoveImageAsync(string name, CancellationToken cancellationToken);

    /// <summary>Makes a container and leaves it to be started.</summary>
    /// <exception cref="EngineException">The engine refuses.</exception>
    /// <exception cref="ImageHasNoRoomException">The disk is full.</exception>
    Task CreateAsync(ContainerPlan plan, CancellationToken cancellationToken);

    /// <summary>The command line of a process that starts a container, and is its input and output until it ends.</summary>
    IReadOnlyList<string> StartLine(string container);

    /// <returns>Null when there is no such container.</returns>
    Task<ContainerState?> InspectAsync(string container, CancellationToken cancellationToken);

    /// <summary>Ends containers of this node by force and removes them: one, or with null all.</summary>
    Task RemoveAsync(string? container, CancellationToken cancellationToken);
}

/// <summary>An image on this node.</summary>
/// <param name="Id">The engine's own.</param>
/// <param name="Digest">As registries have it, or the id of one that came from none.</param>
/// <param name="Platform">System and processor, as <c>linux/amd64</c>.</param>
/// <param name="Bytes">On the disk; layers that it shares count in full.</param>
internal sealed record LocalImage(string Id, string Digest, string Platform, long Bytes);

/// <summary>A container as its engine sees it.</summary>
/// <param name="Process">Its first process; 0 when there is none.</param>
/// <param name="IsRunning">Whether it has not ended yet.</param>
/// <param name="ExitCode">Of one that has ended.</param>
/// <param name="OutOfMemory">Whether the kernel killed a process of it at its limit of memory.</param>
internal sealed record ContainerState(int Process, bool IsRunning, int ExitCode, bool OutOfMemory);

/// <summary>A container to be made.</summary>
internal sealed record ContainerPlan
{
    public required string Name { get; init; }

    /// <summary>The image's id.</summary>
    public required string Image { get; init; }

    public required CommandUser User { get; init; }

    /// <summary>What its first process runs, the program first.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];

    /// <summary>Variables that its first process has.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>GPUs by the names that the engine knows them by.</summary>
    public IReadOnlyList<Gpus.Gpu> Gpus { get; init; } = [];

    public required Limits.ResourceLimits Limits { get; init; }
}

/// <summary>A folder or file of the node in a container.</summary>
internal sealed record ContainerMount(string From, string To, bool IsReadOnly);
