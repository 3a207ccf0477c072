using System.Runtime.CompilerServices;
using Trainyard.Backends.Sqlite;
using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Blobs;

/// <summary>
/// Contents in files, names in a table. A write first makes a new file durable, then publishes it by one row, so after
/// a crash a blob has either its old or its new content. Leftover files are swept at the next start.
/// </summary>
internal sealed class FileBlobStore(SqliteDatabase database, BlobFiles files, TimeProvider time)
    : IBlobStore,
        IDisposable
{
    private const int PageSize = 500;

    private readonly NameLocks _appends = new();

    public async Task<BlobInfo> PutAsync(
        BlobName name,
        Stream content,
        string? expectedSha256,
        CancellationToken cancellationToken
    )
    {
        var file = files.NewName();
        try
        {
            var (bytes, sha256) = await files.WriteAsync(file, content, cancellationToken);
            if (expectedSha256 is not null && expectedSha256 != sha256)
            {
                throw new BlobChecksumException(name);
            }
            var row = new BlobRow(name, file, bytes, sha256, time.GetUtcNow());
            var before = await database.WriteAsync(session => BlobRow.Replace(session, row), cancellationToken);
            if (before is not null)
            {
                DeleteUnlessKnown(before);
            }
            return row.Info;
        }
        catch
        {
            DeleteUnlessKnown(file);
            throw;
        }
    }

    /// <summary>One file and one transaction for all of them: they are kept together or not at all.</summary>
    public async Task PutAllAsync(IReadOnlyList<NewBlob> blobs, Stream contents, CancellationToken cancellationToken)
    {
        var file = files.NewName();
        try
        {
            await files.WritePackAsync(file, blobs, contents, cancellationToken);
            var rows = BlobRow.OfPack(file, blobs, time.GetUtcNow());
            var before = await database.WriteAsync(
                session => rows.Select(row => BlobRow.Replace(session, row)).OfType<string>().ToList(),
                cancellationToken
            );
            DeleteUnlessKnown(before);
        }
        catch
        {
            DeleteUnlessKnown(file);
            throw;
        }
    }

    public async Task<AppendResult> AppendAsync(
        BlobName name,
        long offset,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        using var alone = await _appends.TakeAsync(name, cancellationToken);
        var row = Find(name);
        if ((row?.Bytes ?? 0) != offset)
        {
            return new AppendResult(false, row?.Bytes ?? 0);
        }
        row ??= await CreateAsync(name, cancellationToken);
        var length = offset + content.Length;
        var own = PackedFile.IsPacked(row.File) ? await UnpackAsync(row, cancellationToken) : row;
        if (own is null || !await TryGrowAsync(own, length, content, cancellationToken))
        {
            return new AppendResult(false, Find(name)?.Bytes ?? 0);
        }
        return new AppendResult(true, length);
    }

    public Task<Stream?> OpenReadAsync(BlobName name, long offset, long? length, CancellationToken cancellationToken)
    {
        while (Find(name) is { } row)
        {
            if (files.TryOpen(row.File, offset, Known(row, offset, length)) is { } range)
            {
                return Task.FromResult<Stream?>(range);
            }
            // With an unchanged row the content is missing. Otherwise the blob was replaced or deleted meanwhile: look
            // again.
            if (Find(name) == row)
            {
                throw new IOException($"The content of '{name}' is missing.");
            }
        }
        return Task.FromResult<Stream?>(null);
    }

    public Task<BlobInfo?> FindAsync(BlobName name, CancellationToken cancellationToken) =>
        Task.FromResult(Find(name)?.Info);

    public async IAsyncEnumerable<BlobInfo> ListAsync(
        string prefix,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask;
        var range = new PrefixRange(prefix);
        List<BlobRow> page;
        string? after = null;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            page = database.Read(session => BlobRow.Page(session, range, after, PageSize));
            foreach (var row in page)
            {
                yield return row.Info;
            }
            after = page.LastOrDefault()?.Name.ToString();
        } while (page.Count == PageSize);
    }

    public async Task DeleteAsync(string prefix, CancellationToken cancellationToken)
    {
        var range = new PrefixRange(prefix);
        var deleted = await database.WriteAsync(session => BlobRow.Delete(session, range), cancellationToken);
        DeleteUnlessKnown(deleted);
    }

    public void Dispose() => _appends.Dispose();

    // Reads only acknowledged bytes: bytes behind them belong to an append that is under way or was cut short.
    private static long Known(BlobRow row, long offset, long? length) =>
        Math.Clamp(length ?? long.MaxValue, 0, Math.Max(0, row.Bytes - offset));

    private BlobRow? Find(BlobName name) => database.Read(session => BlobRow.Find(session, name));

    private async Task<BlobRow> CreateAsync(BlobName name, CancellationToken cancellationToken)
    {
        var row = new BlobRow(name, files.NewName(), 0, null, time.GetUtcNow());
        files.Create(row.File);
        var isNew = await database.WriteAsync(session => BlobRow.Add(session, row), cancellationToken);
        if (isNew)
        {
            return row;
        }
        files.Delete(row.File);
        return Find(name) ?? row;
    }

    private async Task<bool> TryGrowAsync(
        BlobRow row,
        long length,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await files.AppendAsync(row.File, row.Bytes, content, cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // The blob was replaced or deleted since its row was read.
            return false;
        }
        var now = time.GetUtcNow();
        return await database.WriteAsync(session => BlobRow.Grow(session, row, length, now), cancellationToken);
    }

    // A content that grows needs a file of its own.
    private async Task<BlobRow?> UnpackAsync(BlobRow row, CancellationToken cancellationToken)
    {
        if (files.TryOpen(row.File, 0, row.Bytes) is not { } content)
        {
            return null;
        }
        var own = row with { File = files.NewName() };
        await using (content)
        {
            await files.WriteAsync(own.File, content, cancellationToken);
        }
        var isMoved = await database.WriteAsync(session => BlobRow.Move(session, row, own.File), cancellationToken);
        DeleteUnlessKnown(isMoved ? row.File : own.File);
        return isMoved ? own : null;
    }

    private void DeleteUnlessKnown(IEnumerable<string> names)
    {
        foreach (var file in names.Select(name => PackedFile.Split(name).File).Distinct())
        {
            DeleteUnlessKnown(file);
        }
    }

    // After a failure, only the table shows whether the row was written; and a packed file may hold other blobs.
    private void DeleteUnlessKnown(string name)
    {
        var (file, _) = PackedFile.Split(name);
        if (!database.Read(session => BlobRow.IsFileKnown(session, file)))
        {
            files.Delete(file);
        }
    }
}
