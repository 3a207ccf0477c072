namespace Trainyard.Agent.Files;

/// <summary>The disk space of a folder, counted up to a limited effort.</summary>
internal static class TreeSize
{
    private const int MostEntries = 1_000_000;
    private const int MostDepth = 200;

    /// <summary>The bytes on the disk; too low for a folder that was made to be endless.</summary>
    public static long Of(string path, CancellationToken cancellationToken)
    {
        using var folder = OpenFolder.TryOpen(path, unlocks: false);
        var left = MostEntries;
        return folder is null ? 0 : Of(folder, MostDepth, ref left, cancellationToken);
    }

    private static long Of(OpenFolder folder, int depth, ref int left, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long bytes = 0;
        var inner = new List<byte[]>();
        foreach (var entry in folder.Entries())
        {
            if (--left < 0)
            {
                return bytes;
            }
            bytes += folder.BytesOnDisk(entry.Name);
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
                bytes += Of(next, depth - 1, ref left, cancellationToken);
            }
        }
        return bytes;
    }
}
