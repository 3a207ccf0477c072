using System.Text.Json.Serialization;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>The fields of Keystone's answer to a login that the service reads.</summary>
internal sealed record KeystoneAnswer([property: JsonPropertyName("token")] KeystoneAnswer.Issued? Token)
{
    internal sealed record Issued(
        [property: JsonPropertyName("expires_at")] DateTimeOffset? ExpiresAt,
        [property: JsonPropertyName("catalog")] IReadOnlyList<Service>? Catalog
    );

    internal sealed record Service(
        [property: JsonPropertyName("type")] string? Type,
        [property: JsonPropertyName("endpoints")] IReadOnlyList<Endpoint>? Endpoints
    );

    internal sealed record Endpoint(
        [property: JsonPropertyName("interface")] string? Interface,
        [property: JsonPropertyName("region")] string? Region,
        [property: JsonPropertyName("region_id")] string? RegionId,
        [property: JsonPropertyName("url")] string? Url
    )
    {
        public string Place => RegionId ?? Region ?? "";
    }
}

/// <summary>Chooses the object store from the service catalog of a login.</summary>
internal static class KeystoneCatalog
{
    private const int MostNamed = 8;

    public static Uri AccountIn(KeystoneAnswer.Issued token, string? region)
    {
        var stores = (token.Catalog ?? [])
            .Where(service => service.Type == "object-store")
            .SelectMany(service => service.Endpoints ?? [])
            .Where(endpoint => endpoint.Interface is null or "public")
            .ToList();
        if (stores.Count == 0)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.Forbidden,
                "The login is good, but gives no object store: `project_id` is missing, or the project has none."
            );
        }
        var fitting = stores.FindAll(endpoint => region is null || endpoint.Place == region);
        var places = fitting.Select(endpoint => endpoint.Place).Distinct(StringComparer.Ordinal).Count();
        return places == 1 && Uri.TryCreate(fitting[0].Url, UriKind.Absolute, out var account)
            ? account
            : throw new ObjectStoreException(ObjectStoreFailure.WrongRegion, Sentence(stores, region, places));
    }

    private static string Sentence(List<KeystoneAnswer.Endpoint> stores, string? region, int places)
    {
        var named = stores
            .Select(endpoint => $"'{StoreText.Clean(endpoint.Place)}'")
            .Distinct(StringComparer.Ordinal)
            .Take(MostNamed);
        return places switch
        {
            0 => $"The login gives no object store in region '{region}', only in {string.Join(", ", named)}.",
            1 => "The address of the object store that the login gives is none.",
            _ =>
                $"The login gives object stores in several regions: write which as `region`, of {string.Join(", ", named)}.",
        };
    }
}
