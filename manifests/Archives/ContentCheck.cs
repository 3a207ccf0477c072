using Trainyard.Manifests.Archives.Problems;
using Trainyard.Manifests.Archives.Zip;

namespace Trainyard.Manifests.Archives;

/// <summary>
/// Unpacks entries into nothing, to find a broken one before a run waits for a node. Bounded, as it takes
/// time: entries that go beyond the bound are left to the node, which verifies all of them.
/// </summary>
internal static class ContentCheck
{
    public static async Task<IReadOnlyList<ArchiveProblem>> RunAsync(
        Stream archive,
        IReadOnlyList<ZipEntry> entries,
        long maxBytes,
        CancellationToken cancellationToken
    )
    {
        var left = maxBytes;
        foreach (var entry in entries.Where(e => !e.IsFolder))
        {
            // Packed bytes cost reading too, where an entry declares fewer than it holds.
            left -= Math.Max(entry.Bytes, entry.PackedBytes);
            if (left < 0)
            {
                break;
            }

            try
            {
                await foreach (var _ in new EntryContent(archive, entry).ReadAsync(cancellationToken)) { }
            }
            catch (ArchiveException e)
            {
                return e.Problems;
            }
        }

        return [];
    }
}
