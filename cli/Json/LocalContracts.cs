namespace Trainyard.Cli.Json;

/// <summary>A phase in an event stream.</summary>
internal sealed record StatusEvent
{
    public required string Phase { get; init; }

    public DateTimeOffset At { get; init; }

    public string? Reason { get; init; }
}

/// <summary><c>GET /v3/models/frameworks</c>, as far as it is printed.</summary>
internal sealed record FrameworkListResource
{
    public required IReadOnlyList<FrameworkEntry> Resources { get; init; }
}

internal sealed record FrameworkEntry
{
    public required string Name { get; init; }

    public required string Version { get; init; }
}

/// <summary><c>service.json</c> in the state folder: where the service of this machine listens.</summary>
internal sealed record ServiceFile
{
    public string? Url { get; init; }
}

/// <summary>A training definition, as far as it is printed.</summary>
internal sealed record DefinitionResource
{
    public required Contracts.ResourceMetadata Metadata { get; init; }

    public required DefinitionEntity Entity { get; init; }
}

internal sealed record DefinitionEntity
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    public required FrameworkEntry Framework { get; init; }

    public required string Command { get; init; }

    public required DefinitionVersion TrainingDefinitionVersion { get; init; }
}

internal sealed record DefinitionVersion
{
    public required string ContentUrl { get; init; }
}

internal sealed record DefinitionListResource
{
    public required IReadOnlyList<DefinitionResource> Resources { get; init; }
}

/// <summary>The request that stores a training definition.</summary>
internal sealed record NewDefinition
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    public Contracts.AuthorResource? Author { get; init; }

    public required DefinitionFramework Framework { get; init; }

    public required string Command { get; init; }
}

internal sealed record DefinitionFramework
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    public string? Secret { get; init; }

    public IReadOnlyList<Contracts.RuntimeResource>? Runtimes { get; init; }
}
