using Trainyard.Agent.Sandboxes;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Containers;

/// <summary>Runs containers on this node.</summary>
internal interface IContainerEngine
{
    ContainerEngineFact Fact { get; }

    /// <summary>Pulls an image from its registry. Layers that are here already are not pulled again.</summary>
    /// <param name="name">The image's full name.</param>
    /// <param name="loginFile">The file of logins to use; null for the node's own.</param>
    /// <param name="line">Gets the engine's progress lines.</param>
    /// <param name="cancellationToken">Cancels the pull.</param>
    Task<EngineAnswer> PullAsync(
        ImageName name,
        string? loginFile,
        Action<string> line,
        CancellationToken cancellationToken
    );

    /// <returns>Null when the node does not have the image.</returns>
    Task<LocalImage?> FindImageAsync(string name, CancellationToken cancellationToken);

    /// <returns>False when the image is in use.</returns>
    Task<bool> RemoveImageAsync(string name, CancellationToken cancellationToken);

    /// <summary>Creates a container without starting it.</summary>
    /// <exception cref="EngineException">The engine refuses.</exception>
    /// <exception cref="ImageHasNoRoomException">The disk is full.</exception>
    Task CreateAsync(ContainerPlan plan, CancellationToken cancellationToken);

    /// <summary>
    /// The command line of a process that starts a container, and carries its input and output until it ends.
    /// </summary>
    IReadOnlyList<string> StartLine(string container);

    /// <returns>Null when there is no such container.</returns>
    Task<ContainerState?> InspectAsync(string container, CancellationToken cancellationToken);

    /// <summary>Kills and removes containers of this node: one, or all when the argument is null.</summary>
    Task RemoveAsync(string? container, CancellationToken cancellationToken);
}

/// <summary>An image on this node.</summary>
/// <param name="Id">The engine's id.</param>
/// <param name="Digest">The registry's digest, or the id of an image that came from no registry.</param>
/// <param name="Platform">The system and processor, such as <c>linux/amd64</c>.</param>
/// <param name="Bytes">The size on disk; layers shared with other images count in full.</param>
internal sealed record LocalImage(string Id, string Digest, string Platform, long Bytes);

/// <summary>A container as its engine sees it.</summary>
/// <param name="Process">The id of its first process; 0 when there is none.</param>
/// <param name="IsRunning">Whether it has not ended yet.</param>
/// <param name="ExitCode">The exit code, once it has ended.</param>
/// <param name="OutOfMemory">Whether the kernel killed one of its processes at the memory limit.</param>
internal sealed record ContainerState(int Process, bool IsRunning, int ExitCode, bool OutOfMemory);

/// <summary>A container to create.</summary>
internal sealed record ContainerPlan
{
    public required string Name { get; init; }

    /// <summary>The image's id.</summary>
    public required string Image { get; init; }

    public required CommandUser User { get; init; }

    /// <summary>The program of its first process, and the arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];

    /// <summary>The variables of its first process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The GPUs, by the names that the engine uses.</summary>
    public IReadOnlyList<Gpus.Gpu> Gpus { get; init; } = [];

    /// <summary>The nodes of the run.</summary>
    public Jobs.LearnerHosts Hosts { get; init; } = Jobs.LearnerHosts.Alone;

    public required Limits.ResourceLimits Limits { get; init; }
}

/// <summary>A folder or file of the node in a container.</summary>
internal sealed record ContainerMount(string From, string To, bool IsReadOnly);
