namespace Trainyard.Agent.Containers;

/// <summary>The services that commands in containers need.</summary>
internal sealed record NodeContainers(IContainerEngine Engine, ContainerImages Images, ContainerSandbox Sandbox)
{
    /// <summary>The bridges of containers with a network of their own; null where they have none.</summary>
    public IReadOnlyList<string>? Bridges { get; init; }
}
