using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Parts;

/// <summary>
/// The id of an upload whose parts a node writes directly. Their checksums are unknown when their addresses are made,
/// so parts are named after the upload. The name is as long as an MD5, because some stores require part names of equal
/// length.
/// </summary>
internal static class StraightUploadId
{
    private const string Prefix = "straight-";

    public static string New() => $"{Prefix}{Guid.NewGuid():N}";

    /// <returns>The common name of the upload's parts; null for an upload by the service itself.</returns>
    public static string? NameOf(ObjectUpload upload) =>
        upload.UploadId is { } id && id.StartsWith(Prefix, StringComparison.Ordinal) ? id[Prefix.Length..] : null;
}
