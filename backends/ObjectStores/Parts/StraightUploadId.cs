using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Parts;

/// <summary>
/// The id of an upload whose parts others write. Who makes their addresses does not know their checksums yet, so parts are named
/// after the upload: as long as an MD5 is, for some stores want all names of an object's parts to have one length.
/// </summary>
internal static class StraightUploadId
{
    private const string Prefix = "straight-";

    public static string New() => $"{Prefix}{Guid.NewGuid():N}";

    /// <returns>What its parts are named after; null for an upload of our own.</returns>
    public static string? NameOf(ObjectUpload upload) =>
        upload.UploadId is { } id && id.StartsWith(Prefix, StringComparison.Ordinal) ? id[Prefix.Length..] : null;
}
