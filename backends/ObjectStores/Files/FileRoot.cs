using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Files;

/// <summary>
/// The folder that contains the buckets. Turns a bucket and a key into a path, and refuses paths that lead out of the
/// folder by name or by symbolic link. A root inside a larger root is created on demand; a whole root must exist.
/// </summary>
internal sealed class FileRoot(string path, string? whole = null)
{
    /// <summary>The folder in each bucket that holds unfinished uploads; no key may be in it.</summary>
    public const string UploadsFolder = ".trainyard-uploads";

    private readonly string _root = RealPath.Of(Path.GetFullPath(path));

    /// <summary>The bucket's folder, which need not exist. Throws (Invalid) for an invalid bucket name.</summary>
    public string BucketFolder(string bucket)
    {
        if (!IsSegment(bucket) || bucket.StartsWith('.') || bucket.Contains('/'))
        {
            throw new ObjectStoreException(ObjectStoreFailure.Invalid, $"'{bucket}' is not the name of a bucket.");
        }
        return Inside(Path.Combine(_root, bucket), bucket);
    }

    /// <summary>The folder of a bucket that exists. Throws (BucketNotFound) otherwise.</summary>
    public string ExistingBucketFolder(string bucket)
    {
        var folder = BucketFolder(bucket);
        return Directory.Exists(folder) ? folder : throw MissingBucket(bucket);
    }

    /// <summary>Creates a bucket's folder if it is missing; never creates the whole root.</summary>
    public string MakeBucketFolder(string bucket)
    {
        var folder = BucketFolder(bucket);
        if (!Directory.Exists(whole ?? _root))
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.Unavailable,
                "The folder of the service's file stores is not there; its administrator has to bring it back."
            );
        }
        if (File.Exists(folder))
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"In the place of the bucket '{bucket}' the service's file store holds a file."
            );
        }

        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>The path of a key in a bucket's folder. Throws (Invalid) for a key that a folder cannot hold.</summary>
    public string ObjectPath(string bucketFolder, string key)
    {
        var segments = key.Split('/');
        if (!segments.All(IsSegment) || segments[0] == UploadsFolder)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.Invalid,
                $"'{key}' cannot be the name of a file in a file store."
            );
        }
        return Inside(Path.Combine([bucketFolder, .. segments]), key);
    }

    /// <summary>Whether a path is below the root after all links are resolved.</summary>
    public bool Holds(string path) =>
        RealPath.TryOf(path, out var real)
        && real.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static ObjectStoreException MissingBucket(string bucket) =>
        new(
            ObjectStoreFailure.BucketNotFound,
            $"There is no bucket '{bucket}' in the service's file store; its administrator makes one by making that folder."
        );

    private static bool IsSegment(string segment) =>
        segment.Length > 0
        && segment is not ("." or "..")
        && !segment.Contains('\0')
        && (!OperatingSystem.IsWindows() || segment.IndexOfAny(Path.GetInvalidFileNameChars()) < 0);

    private string Inside(string path, string name) =>
        Holds(path)
            ? path
            : throw new ObjectStoreException(
                ObjectStoreFailure.Denied,
                $"'{name}' leads out of the service's file store."
            );
}
