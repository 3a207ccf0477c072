using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Transfers;

/// <summary>The node's cache, limited to what one run may use.</summary>
/// <param name="cache">The cache of the node.</param>
/// <param name="task">The run.</param>
/// <param name="isProtected">
/// Whether the command cannot write to its data. Only then it gets links to the cache's own files.
/// </param>
internal sealed class CacheOfRun(DataCache cache, NodeTask task, bool isProtected)
{
    /// <summary>Puts an object at a path when its content is on the node.</summary>
    public bool TryShare(DataObject item, string path) =>
        KeyOf(item) is { } key && cache.TryShare(key, path, isProtected);

    /// <summary>Adds a downloaded object, if its version is the listed one.</summary>
    public void Keep(ObjectTransfer whole)
    {
        var item = whole.Listed.Object;
        if (StoreTag.AreSame(whole.ETag, item.Version) && KeyOf(item) is { } key)
        {
            cache.Keep(key, whole.Path, isProtected);
        }
    }

    private CacheKey? KeyOf(DataObject item) =>
        cache.IsOn ? CacheKey.Of(item, task.DataAuthorities, task.OwnerKey) : null;
}
