using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Files;

/// <summary>
/// The objects of a bucket in ordinal order of their keys, below a prefix and behind a key. Only folders that can hold
/// such keys are read. Linked folders are not followed; linked files count while they stay below the root.
/// </summary>
internal sealed class FileListing(FileRoot root, string bucketFolder, string prefix, string? after)
{
    public IEnumerable<StoredObject> Objects(CancellationToken cancellationToken) =>
        Below(new DirectoryInfo(bucketFolder), "", cancellationToken);

    private IEnumerable<StoredObject> Below(DirectoryInfo folder, string keyPrefix, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // A folder sorts like the keys in it: "a" before "a.txt" before "a/b".
        var entries = folder
            .EnumerateFileSystemInfos()
            .Select(entry => (Entry: entry, Key: keyPrefix + entry.Name + (entry is DirectoryInfo ? "/" : "")))
            .Where(child => MayHold(child.Key, child.Entry is DirectoryInfo))
            .OrderBy(child => child.Key, StringComparer.Ordinal);
        foreach (var (entry, key) in entries)
        {
            if (entry is FileInfo file)
            {
                if (ObjectOf(file, key) is { } found)
                {
                    yield return found;
                }
            }
            else if (entry.LinkTarget is null)
            {
                foreach (var found in Below((DirectoryInfo)entry, key, cancellationToken))
                {
                    yield return found;
                }
            }
        }
    }

    private bool MayHold(string key, bool isFolder)
    {
        if (key == FileRoot.UploadsFolder + "/")
        {
            return false;
        }
        if (!isFolder)
        {
            return key.StartsWith(prefix, StringComparison.Ordinal)
                && (after is null || string.CompareOrdinal(key, after) > 0);
        }
        var onTheWay =
            key.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(key, StringComparison.Ordinal);
        return onTheWay
            && (
                after is null
                || string.CompareOrdinal(key, after) > 0
                || after.StartsWith(key, StringComparison.Ordinal)
            );
    }

    private StoredObject? ObjectOf(FileInfo file, string key)
    {
        if (file.LinkTarget is null)
        {
            return file.Exists ? new StoredObject(key, file.Length, null) : null;
        }
        if (!root.Holds(file.FullName) || file.ResolveLinkTarget(returnFinalTarget: true) is not FileInfo target)
        {
            return null;
        }
        return target.Exists ? new StoredObject(key, target.Length, null) : null;
    }
}
