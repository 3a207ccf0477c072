namespace Trainyard.Agent.Containers;

/// <summary>The services that commands in containers need.</summary>
internal sealed record NodeContainers(IContainerEngine Engine, ContainerImages Images, ContainerSandbox Sandbox);
