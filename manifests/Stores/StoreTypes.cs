using Trainyard.Manifests.Model;

namespace Trainyard.Manifests.Stores;

/// <summary>The words for types of data store, of every dialect.</summary>
public static class StoreTypes
{
    /// <summary>FfDL's type for a folder of the host, which is refused with the type that replaces it.</summary>
    public const string HostFolder = "mount_volume";

    private static readonly Dictionary<string, DataStoreType> Words = new()
    {
        ["s3"] = DataStoreType.S3,
        ["s3_datastore"] = DataStoreType.S3,
        ["mount_cos"] = DataStoreType.S3,
        ["swift"] = DataStoreType.Swift,
        ["bluemix_objectstore"] = DataStoreType.Swift,
        ["softlayer_objectstore"] = DataStoreType.Swift,
        ["swift_datastore"] = DataStoreType.Swift,
        ["azure_blob"] = DataStoreType.AzureBlob,
        ["file"] = DataStoreType.File,
    };

    public static IReadOnlyCollection<string> All => Words.Keys;

    public static DataStoreType? Find(string word) => Words.TryGetValue(word, out var type) ? type : null;

    /// <summary>The word of the canonical form.</summary>
    public static string Canonical(DataStoreType type) => Words.First(w => w.Value == type).Key;
}
