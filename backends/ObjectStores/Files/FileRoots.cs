using Microsoft.Extensions.Options;
using Trainyard.Contracts;

namespace Trainyard.Backends.ObjectStores.Files;

/// <summary>
/// Maps owners to the roots of their buckets. The first owner's buckets are folders of the root, as in versions with
/// one owner. Every other owner has a folder whose name cannot be a bucket's. Settings may name buckets shared by all.
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

    /// <summary>The root that contains an owner's bucket of this name.</summary>
    public FileRoot Of(Owner owner, string bucket) =>
        owner.ToString() == options.Value.FirstOwner || _common.Contains(bucket) || _common.Contains("*")
            ? new FileRoot(root)
            : new FileRoot(Path.Combine(root, OwnersFolder, owner.ToString()), whole: root);
}
