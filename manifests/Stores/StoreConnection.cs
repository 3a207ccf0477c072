using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Manifests.Stores;

/// <summary>A connection as it was read: what may be shown, and the credentials apart from it.</summary>
internal sealed record StoreConnection(
    Uri? Endpoint,
    string? Region,
    string? CaCertificate,
    bool RequesterPays,
    SecretPlace? Secret,
    StoreCredentials Credentials
)
{
    public static StoreConnection Empty { get; } = new(null, null, null, false, null, StoreCredentials.None);
}
