namespace Trainyard.Contracts.Agents;

/// <summary>Where an append stands.</summary>
public sealed record AppendAnswer
{
    /// <summary>Whether it was written; otherwise go on from <see cref="Length"/>.</summary>
    public required bool Written { get; init; }

    public required long Length { get; init; }
}

/// <summary>
/// Where to PUT what is appended, without our token: these headers, and the offset of the first byte in one more. Any answer
/// but success says only that this way is closed: the service's own append tells how far the stream is.
/// </summary>
public sealed record AppendTarget
{
    public required string Url { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The header that takes the offset.</summary>
    public required string PositionHeader { get; init; }

    /// <summary>How long the address is good, in seconds.</summary>
    public required double LifetimeSeconds { get; init; }
}
