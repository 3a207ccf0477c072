using System.Text.Json;
using Trainyard.Agent.Files;
using Trainyard.Agent.Service;
using Trainyard.Agent.Verbs;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Transfers;

/// <summary>
/// The list of the data bucket as a file: one JSON line per object, with an address that expires. Each update replaces
/// the whole file or nothing.
/// </summary>
/// <param name="objects">The bucket.</param>
/// <param name="path">The path of the file.</param>
/// <param name="draft">A file on the same disk, in which the next list is written.</param>
/// <param name="reserve">The number of bytes that must stay free on the disk.</param>
/// <param name="time">The clock.</param>
/// <param name="skipped">Gets a line for each object that is left out.</param>
internal sealed class DataListing(
    DataObjects objects,
    string path,
    string draft,
    long reserve,
    TimeProvider time,
    Action<string> skipped
)
{
    /// <summary>The addresses of so many objects take two or three gigabytes.</summary>
    private const int MostObjects = 5_000_000;

    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    /// <returns>The number of objects and bytes, and when the first addresses expire.</returns>
    /// <exception cref="DownloadFailedException">
    /// The bucket cannot be listed, has too many objects, or its store has no addresses that expire.
    /// </exception>
    /// <exception cref="DataHasNoRoomException">The disk has no room for the file.</exception>
    public async Task<WrittenListing> WriteAsync(CancellationToken cancellationToken)
    {
        var written = new WrittenListing(0, 0, DateTimeOffset.MaxValue);
        var lines = new SkippedLines(skipped);
        File.Delete(draft);
        await using (var file = File.Create(draft))
        {
            var asked = time.GetUtcNow();
            await foreach (var page in objects.PagesAsync(cancellationToken))
            {
                if (DiskSpace.FreeAt(draft) < reserve)
                {
                    throw new DataHasNoRoomException("no room on the node for the list of the run's data");
                }
                written = await WriteAsync(file, page, asked + page.Lifetime, written, lines, cancellationToken);
                asked = time.GetUtcNow();
            }
        }
        lines.End();
        File.SetUnixFileMode(draft, DataFiles.Mode);
        File.Move(draft, path, overwrite: true);
        return written;
    }

    private static async Task<WrittenListing> WriteAsync(
        FileStream file,
        ListedPage page,
        DateTimeOffset expires,
        WrittenListing before,
        SkippedLines lines,
        CancellationToken cancellationToken
    )
    {
        var (count, bytes) = (before.Objects, before.Bytes);
        foreach (var item in page.Objects.Select(o => o.Object).Where(o => !ObjectKey.IsFolder(o.Key)))
        {
            if (DataKeys.LeadsElsewhere(item.Key) && !AttemptRoutes.IsElsewhere(item.Url))
            {
                lines.Add($"Left an object out of DATA_LISTING: no address leads to it: {PrintableText.Of(item.Key)}");
                continue;
            }
            if (!AttemptRoutes.IsElsewhere(item.Url))
            {
                throw new DownloadFailedException(
                    "The data cannot be read where it is (`mode: stream`): its store gives no addresses that expire."
                );
            }
            if (++count > MostObjects)
            {
                throw new DownloadFailedException(
                    $"The data cannot be listed for `mode: stream`: it is more than {MostObjects:N0} objects. Choose a part of it with `prefix` or `include`."
                );
            }
            bytes += item.Bytes;
            var line = new ListingLine(item.Key, item.Bytes, item.Url, expires, item.Version);
            await JsonSerializer.SerializeAsync(file, line, WireJson.Options, cancellationToken);
            await file.WriteAsync(LineEnd, cancellationToken);
        }
        return new WrittenListing(count, bytes, expires < before.Expires ? expires : before.Expires);
    }
}

/// <summary>
/// One line of the file: the object's name below the prefix, its address, and the time at which the address expires.
/// </summary>
internal sealed record ListingLine(string Key, long Bytes, string Url, DateTimeOffset Expires, string? Version);

/// <summary>The content of the file in numbers.</summary>
internal sealed record WrittenListing(long Objects, long Bytes, DateTimeOffset Expires);
