using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Transfers;

/// <summary>The node's data cache for one run.</summary>
/// <param name="cache">The node's cache.</param>
/// <param name="task">The run.</param>
/// <param name="isProtected">
/// Whether the command cannot write to its data: only then it shares the cache's files.
/// </param>
internal sealed class CacheOfRun(DataCache cache, NodeTask task, bool isProtected)
{
    /// <summary>Puts an object at a path when the node has its content already.</summary>
    public bool TryShare(DataObject item, string path) =>
        KeyOf(item) is { } key && cache.TryShare(key, path, isProtected);

    /// <summary>Adds a complete object when it matches the listing.</summary>
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
