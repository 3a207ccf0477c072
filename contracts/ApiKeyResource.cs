using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trainyard.Contracts;

/// <summary>A new API key. The only time its text is shown.</summary>
public sealed record ApiKeyResource
{
    public required string Owner { get; init; }

    public required string Key { get; init; }

    /// <summary>The id for listing and revoking the key.</summary>
    public string? Id { get; init; }

    /// <summary>When the key expires; left out when it never does.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

public sealed record CreateKeyRequest
{
    public required string Owner { get; init; }

    /// <summary>
    /// The lifetime of the key, such as <c>90d</c> or <c>12h</c>; left out for a key that never expires.
    /// </summary>
    public string? ExpiresIn { get; init; }

    /// <summary>Fields that do not exist: a misspelled lifetime must not make a key that never expires.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>A key as it is listed: never its text.</summary>
public sealed record ListedKeyResource
{
    public required string Id { get; init; }

    public required string Owner { get; init; }

    public required bool IsOperator { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether this key authenticates the request.</summary>
    public bool IsOwn { get; init; }
}

public sealed record KeyListResource
{
    public required IReadOnlyList<ListedKeyResource> Resources { get; init; }
}
