using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Manifests.Stores;

internal static class StoreAssembly
{
    public static DraftStore Of(
        DataStoreType type,
        string? name,
        string bucket,
        StoreConnection connection,
        Section bucketPlace
    )
    {
        var reference = new DataStoreReference
        {
            Name = name,
            Type = type,
            Bucket = bucket,
            Endpoint = connection.Endpoint,
            Region = connection.Region,
            CaCertificate = connection.CaCertificate,
            RequesterPays = connection.RequesterPays,
            SecretName = connection.Secret?.Name.ToString(),
        };
        return new(reference, connection.Credentials, bucketPlace.PathOf("bucket"), bucketPlace.Mark)
        {
            Secret = connection.Secret,
        };
    }

    /// <summary>A folder of the service that the manifest did not name itself.</summary>
    public static DraftStore OfFolder(string folder, Mark mark) =>
        new(new() { Type = DataStoreType.File, Bucket = folder }, StoreCredentials.None, "", mark);
}
