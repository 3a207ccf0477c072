using Trainyard.Manifests.Archives.Problems;
using Trainyard.Manifests.Archives.Zip;

namespace Trainyard.Manifests.Archives;

/// <summary>
/// Unpacks entries without storing them, to find a broken one before a run waits for a node. The work is bounded: the
/// node verifies all entries, including those beyond the bound.
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
            // Reading packed bytes costs time too, and an entry may contain more bytes than it declares.
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
