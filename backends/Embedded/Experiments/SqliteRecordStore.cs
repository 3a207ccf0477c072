using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Trainyard.Backends.Sqlite;
using Trainyard.Contracts;
using Trainyard.Core.Experiments;

namespace Trainyard.Backends.Experiments;

/// <summary>Records of one kind, in a table for all kinds: searched fields have a column, the rest is JSON.</summary>
internal sealed class SqliteRecordStore<T>(SqliteDatabase database, string kind) : IRecordStore<T>
    where T : OwnedRecord
{
    // The number of ids held in memory while the records of all owners are listed.
    private const int Batch = 500;

    public Task<bool> CreateAsync(T record, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
                session.Execute(
                    """
                    INSERT INTO records (kind, id, version, owner, parent, closed_at, record)
                    VALUES ($kind, $id, $version, $owner, $parent, $closed, $record)
                    ON CONFLICT (kind, id) DO NOTHING
                    """,
                    Columns(record)
                ) == 1,
            cancellationToken
        );

    public Task<Versioned<T>?> GetAsync(Owner owner, Guid id, CancellationToken cancellationToken) =>
        Task.FromResult(
            database.Read(session =>
                session.First(
                    "SELECT record, version FROM records WHERE kind = $kind AND id = $id AND owner = $owner",
                    row => new Versioned<T>(Read(row.GetString(0)), row.GetInt64(1).ToString("x16")),
                    ("$kind", kind),
                    ("$id", id.ToString()),
                    ("$owner", owner.ToString())
                )
            )
        );

    public Task<bool> UpdateAsync(Versioned<T> record, CancellationToken cancellationToken)
    {
        if (!long.TryParse(record.Version, NumberStyles.AllowHexSpecifier, null, out var read))
        {
            return Task.FromResult(false);
        }
        return database.WriteAsync(
            session =>
                session.Execute(
                    """
                    UPDATE records SET version = $version, parent = $parent, closed_at = $closed, record = $record
                    WHERE kind = $kind AND id = $id AND owner = $owner AND version = $read
                    """,
                    [.. Columns(record.Record), ("$read", read)]
                ) == 1,
            cancellationToken
        );
    }

    public Task DeleteAsync(Owner owner, Guid id, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
                session.Execute(
                    "DELETE FROM records WHERE kind = $kind AND id = $id AND owner = $owner",
                    ("$kind", kind),
                    ("$id", id.ToString()),
                    ("$owner", owner.ToString())
                ),
            cancellationToken
        );

    public Task<RecordPage<T>> QueryAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        var after = RecordPages.After(query);
        var read = database.Read(session =>
            session.All(
                "SELECT record FROM records WHERE kind = $kind AND owner = $owner"
                    + (query.ParentId is null ? "" : " AND parent = $parent")
                    + (after is null ? "" : " AND id < $after")
                    + " ORDER BY id DESC LIMIT $limit",
                row => Read(row.GetString(0)),
                [
                    ("$kind", kind),
                    ("$owner", query.Owner.ToString()),
                    ("$limit", query.PageSize + 1),
                    .. query.ParentId is { } parent ? [("$parent", parent.ToString())] : Nothing,
                    .. after is { } id ? [("$after", id.ToString())] : Nothing,
                ]
            )
        );
        return Task.FromResult(RecordPages.Of(read, query.PageSize));
    }

    public IAsyncEnumerable<T> ListOpenAsync(CancellationToken cancellationToken) =>
        ListAsync("closed_at IS NULL", [], cancellationToken);

    public IAsyncEnumerable<T> ListClosedAsync(DateTimeOffset until, CancellationToken cancellationToken) =>
        ListAsync("closed_at <= $until", [("$until", until.UtcTicks)], cancellationToken);

    private static (string, object?)[] Nothing => [];

    private async IAsyncEnumerable<T> ListAsync(
        string condition,
        (string, object?)[] arguments,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var after = "";
        List<T> batch;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch = database.Read(session =>
                session.All(
                    $"SELECT record FROM records WHERE kind = $kind AND {condition} AND id > $after ORDER BY id LIMIT {Batch}",
                    row => Read(row.GetString(0)),
                    [("$kind", kind), ("$after", after), .. arguments]
                )
            );
            foreach (var record in batch)
            {
                after = record.Id.ToString();
                yield return record;
            }
            await Task.Yield();
        } while (batch.Count == Batch);
    }

    private static T Read(string text) =>
        JsonSerializer.Deserialize<T>(text, WireJson.Options) ?? throw new InvalidDataException("A record is empty.");

    private (string, object?)[] Columns(T record) =>
        [
            ("$kind", kind),
            ("$id", record.Id.ToString()),
            // Random, so that a record that was deleted and recreated never has the version that was read before.
            ("$version", BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)))),
            ("$owner", record.Owner.ToString()),
            ("$parent", record.ParentId?.ToString()),
            ("$closed", record.ClosedAt?.UtcTicks),
            ("$record", JsonSerializer.Serialize(record, WireJson.Options)),
        ];
}
