namespace Trainyard.Agent.Files;

/// <summary>The disk space of a folder, counted up to a limited effort.</summary>
internal static class TreeSize
{
    private const int MostEntries = 1_000_000;
    private const int MostDepth = 200;

    /// <summary>The space on the disk; too low for a folder that was made to be endless.</summary>
    public static DiskUse Of(string path, CancellationToken cancellationToken)
    {
        using var folder = OpenFolder.TryOpen(path, unlocks: false);
        var left = MostEntries;
        return folder is null ? default : Of(folder, MostDepth, ref left, cancellationToken);
    }

    private static DiskUse Of(OpenFolder folder, int depth, ref int left, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var use = default(DiskUse);
        var inner = new List<byte[]>();
        foreach (var entry in folder.Entries())
        {
            if (--left < 0)
            {
                return use;
            }
            use += folder.UseOf(entry);
            if (entry.Type == EntryType.Folder && depth > 0)
            {
                inner.Add(entry.Name);
            }
        }
        foreach (var name in inner)
        {
            using var next = folder.TryOpen(name);
            if (next is not null)
            {
                use += Of(next, depth - 1, ref left, cancellationToken);
            }
        }
        return use;
    }
}
