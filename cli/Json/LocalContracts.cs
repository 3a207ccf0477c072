namespace Trainyard.Cli.Json;

/// <summary>A phase as the event streams tell it.</summary>
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
