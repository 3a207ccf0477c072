using Trainyard.Backends.Sqlite;
using Trainyard.Contracts;
using Trainyard.Core.Stores;
using Trainyard.Storage.Sqlite;

namespace Trainyard.Backends.Blobs;

/// <summary>A blob's row in the table: the row, not the file, defines the blob.</summary>
internal sealed record BlobRow(BlobName Name, string File, long Bytes, string? Sha256, DateTimeOffset ModifiedAt)
{
    private const string Columns = "name, file, bytes, sha256, modified_at";

    public BlobInfo Info => new(Name, Bytes, Sha256, ModifiedAt);

    /// <summary>The rows of blobs whose contents follow one another in a file.</summary>
    public static IReadOnlyList<BlobRow> OfPack(string file, IReadOnlyList<NewBlob> blobs, DateTimeOffset now)
    {
        var rows = new List<BlobRow>(blobs.Count);
        long offset = 0;
        foreach (var blob in blobs)
        {
            rows.Add(new BlobRow(blob.Name, PackedFile.NameOf(file, rows.Count, offset), blob.Bytes, blob.Sha256, now));
            offset += blob.Bytes;
        }
        return rows;
    }

    public static BlobRow? Find(SqliteSession session, BlobName name) =>
        session.First($"SELECT {Columns} FROM blobs WHERE name = $name", Read, ("$name", name.ToString()));

    /// <summary>The next blobs of a range, in order.</summary>
    public static List<BlobRow> Page(SqliteSession session, PrefixRange range, string? after, int limit) =>
        session.All(
            PageSql(range, after),
            Read,
            ("$from", after ?? range.From),
            ("$before", range.Before),
            ("$limit", limit)
        );

    // Every condition must be usable by the index: an optional condition would make SQLite read to the end of the
    // table.
    internal static string PageSql(PrefixRange range, string? after) =>
        $"SELECT {Columns} FROM blobs WHERE name {(after is null ? ">=" : ">")} $from{UpTo(range)} ORDER BY name LIMIT $limit";

    internal static string DeleteSql(PrefixRange range) =>
        $"DELETE FROM blobs WHERE name >= $from{UpTo(range)} RETURNING file";

    private static string UpTo(PrefixRange range) => range.Before is null ? "" : " AND name < $before";

    /// <summary>Stores a blob under its name and returns the file of the blob that it replaced, if any.</summary>
    public static string? Replace(SqliteSession session, BlobRow row)
    {
        var before = Find(session, row.Name)?.File;
        session.Execute(
            """
            INSERT INTO blobs (name, file, bytes, sha256, modified_at) VALUES ($name, $file, $bytes, $sha256, $now)
            ON CONFLICT (name) DO UPDATE SET
                file = excluded.file, bytes = excluded.bytes, sha256 = excluded.sha256, modified_at = excluded.modified_at
            """,
            Values(row)
        );
        return before;
    }

    /// <summary>Adds a blob; false when its name is taken.</summary>
    public static bool Add(SqliteSession session, BlobRow row) =>
        session.Execute(
            """
            INSERT INTO blobs (name, file, bytes, sha256, modified_at) VALUES ($name, $file, $bytes, $sha256, $now)
            ON CONFLICT (name) DO NOTHING
            """,
            Values(row)
        ) == 1;

    /// <summary>Records an append; false when the blob changed since it was read.</summary>
    public static bool Grow(SqliteSession session, BlobRow row, long bytes, DateTimeOffset now) =>
        session.Execute(
            """
            UPDATE blobs SET bytes = $grown, sha256 = NULL, modified_at = $now
            WHERE name = $name AND file = $file AND bytes = $bytes
            """,
            ("$grown", bytes),
            ("$now", now.UtcTicks),
            ("$name", row.Name.ToString()),
            ("$file", row.File),
            ("$bytes", row.Bytes)
        ) == 1;

    /// <summary>Deletes a range of blobs and returns their files.</summary>
    public static List<string> Delete(SqliteSession session, PrefixRange range) =>
        session.All(DeleteSql(range), row => row.GetString(0), ("$from", range.From), ("$before", range.Before));

    /// <summary>Whether any blob has its content in this file.</summary>
    public static bool IsFileKnown(SqliteSession session, string file)
    {
        var packed = PackedFile.AllIn(file);
        return session.Number(
                """
                SELECT EXISTS (SELECT 1 FROM blobs WHERE file = $file)
                    OR EXISTS (SELECT 1 FROM blobs WHERE file >= $from AND file < $before)
                """,
                ("$file", file),
                ("$from", packed.From),
                ("$before", packed.Before)
            ) > 0;
    }

    /// <summary>Records that a blob's content is in another file; false when the blob changed since it was read.</summary>
    public static bool Move(SqliteSession session, BlobRow row, string file) =>
        session.Execute(
            "UPDATE blobs SET file = $to WHERE name = $name AND file = $file",
            ("$to", file),
            ("$name", row.Name.ToString()),
            ("$file", row.File)
        ) == 1;

    private static (string, object?)[] Values(BlobRow row) =>
        [
            ("$name", row.Name.ToString()),
            ("$file", row.File),
            ("$bytes", row.Bytes),
            ("$sha256", row.Sha256),
            ("$now", row.ModifiedAt.UtcTicks),
        ];

    private static BlobRow Read(SqliteStatement row) =>
        new(
            BlobName.Parse(row.GetString(0)),
            row.GetString(1),
            row.GetInt64(2),
            row.GetStringOrNull(3),
            row.GetTime(4)
        );
}
