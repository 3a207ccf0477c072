namespace Trainyard.Cli.Service;

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

/// <summary><c>GET /v3/nodes</c>, as far as it is printed.</summary>
internal sealed record NodeListAnswer
{
    public required IReadOnlyList<NodeEntry> Resources { get; init; }
}

/// <summary>A machine that runs commands.</summary>
internal sealed record NodeEntry
{
    public required string Name { get; init; }

    public string? Pool { get; init; }

    public int Gpus { get; init; }

    public int Slots { get; init; }

    public int FreeSlots { get; init; }

    /// <summary><c>ready</c>, <c>set_aside</c>, <c>retired</c>, <c>silent</c>, or what later services say.</summary>
    public required string State { get; init; }

    public DateTimeOffset SeenAt { get; init; }

    /// <summary>Null where the node's agent does not say.</summary>
    public string? Sandbox { get; init; }

    /// <summary>Runs in a row that failed by its fault.</summary>
    public int Failures { get; init; }

    public DateTimeOffset? SetAsideUntil { get; init; }

    public string? Reason { get; init; }
}

/// <summary><c>service.json</c> in the state folder: where the service of this machine listens.</summary>
internal sealed record ServiceFile
{
    public string? Url { get; init; }
}
