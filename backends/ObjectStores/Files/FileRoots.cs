using Microsoft.Extensions.Options;
using Trainyard.Contracts;

namespace Trainyard.Backends.ObjectStores.Files;

/// <summary>
/// Whose buckets are where: the first owner's are folders of the root, as they were when there was no other owner; those
/// of each other owner are in a folder of theirs, which cannot be a bucket's name; some may be named for all.
/// </summary>
internal sealed class FileRoots(string root, IOptions<FileStoreOptions> options)
{
    /// <summary>The folder of the root that holds the other owners' folders.</summary>
    public const string OwnersFolder = ".owners";

    private readonly HashSet<string> _common =
    [
        .. (options.Value.Common ?? "").Split(
            ',',
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
        ),
    ];

    /// <summary>The root below which an owner's bucket of this name is.</summary>
    public FileRoot Of(Owner owner, string bucket) =>
        owner.ToString() == options.Value.FirstOwner || _common.Contains(bucket) || _common.Contains("*")
            ? new FileRoot(root)
            : new FileRoot(Path.Combine(root, OwnersFolder, owner.ToString()), whole: root);
}
