namespace Trainyard.Contracts.Agents;

/// <summary>A page of the data bucket.</summary>
public sealed record DataPage
{
    public required IReadOnlyList<DataObject> Objects { get; init; }

    /// <summary>The cursor of the next page; null on the last.</summary>
    public string? Next { get; init; }

    /// <summary>How long the addresses stay valid, counted from the request.</summary>
    public double LifetimeSeconds { get; init; } = 3600;
}

/// <summary>
/// One object to fetch. An absolute address is fetched as it is, without our token; a relative one is below the
/// service's address and needs the lease token. Addresses expire: on 403, request the page again.
/// </summary>
public sealed record DataObject
{
    public required string Key { get; init; }

    public required long Bytes { get; init; }

    public required string Url { get; init; }

    /// <summary>
    /// The object's version as the store lists it (an ETag without quotes); null when the store lists none.
    /// </summary>
    public string? Version { get; init; }
}
