namespace Trainyard.Contracts;

/// <summary>An owner's stored secret: the names of its fields, never their values.</summary>
public sealed record SecretResource
{
    public required string Name { get; init; }

    /// <summary>The names of the fields, such as <c>access_key_id</c>.</summary>
    public required IReadOnlyList<string> Fields { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Every secret of the caller, by name.</summary>
public sealed record SecretListResource
{
    public required IReadOnlyList<SecretResource> Resources { get; init; }
}
