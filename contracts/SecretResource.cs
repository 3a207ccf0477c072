namespace Trainyard.Contracts;

/// <summary>A secret that an owner keeps: which fields it has, never their values.</summary>
public sealed record SecretResource
{
    public required string Name { get; init; }

    /// <summary>Such as <c>access_key_id</c>.</summary>
    public required IReadOnlyList<string> Fields { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Every secret of the caller, by name.</summary>
public sealed record SecretListResource
{
    public required IReadOnlyList<SecretResource> Resources { get; init; }
}
