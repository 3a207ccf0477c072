namespace Trainyard.Contracts.Agents;

/// <summary>The result of an append.</summary>
public sealed record AppendAnswer
{
    /// <summary>Whether the content was written; if not, continue from <see cref="Length"/>.</summary>
    public required bool Written { get; init; }

    public required long Length { get; init; }
}

/// <summary>
/// The address for appends by PUT, without our token: send these headers and, in one more header, the offset of the
/// first byte. Any answer but success means only that this address is unusable: the service's own append tells the
/// current length.
/// </summary>
public sealed record AppendTarget
{
    public required string Url { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The header that takes the offset.</summary>
    public required string PositionHeader { get; init; }

    /// <summary>How long the address stays valid, in seconds.</summary>
    public required double LifetimeSeconds { get; init; }
}
