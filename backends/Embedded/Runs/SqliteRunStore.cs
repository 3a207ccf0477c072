using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Trainyard.Backends.Sqlite;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Runs;

/// <summary>Runs in a table: searched fields have a column, the rest is JSON.</summary>
internal sealed class SqliteRunStore(SqliteDatabase database) : IRunStore
{
    public Task<bool> CreateAsync(TrainingRun run, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
                session.Execute(
                    """
                    INSERT INTO runs (id, version, owner, phase, submitted_at, finished_at, purge_at, record)
                    VALUES ($id, $version, $owner, $phase, $submitted, $finished, $purge, $record)
                    ON CONFLICT (id) DO NOTHING
                    """,
                    Columns(run)
                ) == 1,
            cancellationToken
        );

    public Task<VersionedRun?> GetAsync(RunId id, CancellationToken cancellationToken) =>
        Task.FromResult(
            database.Read(session =>
                session.First(
                    "SELECT record, version FROM runs WHERE id = $id",
                    row => new VersionedRun(RunRecord.Read(row.GetString(0)), row.GetInt64(1).ToString("x16")),
                    ("$id", id.ToString())
                )
            )
        );

    public Task<bool> UpdateAsync(VersionedRun run, CancellationToken cancellationToken)
    {
        if (!long.TryParse(run.Version, NumberStyles.AllowHexSpecifier, null, out var read))
        {
            return Task.FromResult(false);
        }
        return database.WriteAsync(
            session =>
                session.Execute(
                    """
                    UPDATE runs SET version = $version, owner = $owner, phase = $phase, submitted_at = $submitted,
                        finished_at = $finished, purge_at = $purge, record = $record
                    WHERE id = $id AND version = $read
                    """,
                    [.. Columns(run.Run), ("$read", read)]
                ) == 1,
            cancellationToken
        );
    }

    public Task DeleteAsync(RunId id, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session => session.Execute("DELETE FROM runs WHERE id = $id", ("$id", id.ToString())),
            cancellationToken
        );

    public Task<RunPage> QueryAsync(RunQuery query, CancellationToken cancellationToken)
    {
        var sql = new RunQuerySql(query);
        var runs = database.Read(session =>
            session.All(sql.ToString(), row => RunRecord.Read(row.GetString(0)), sql.Arguments)
        );
        if (runs.Count <= query.PageSize)
        {
            return Task.FromResult(new RunPage(runs, null));
        }
        runs.RemoveAt(query.PageSize);
        return Task.FromResult(new RunPage(runs, RunContinuation.After(runs[^1]).ToString()));
    }

    public async IAsyncEnumerable<TrainingRun> ListPurgeableAsync(
        DateTimeOffset now,
        TimeSpan retention,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var ids = database.Read(session =>
            session.All(
                PurgeableSql,
                row => RunId.Parse(row.GetString(0)),
                ("$finished", (now - retention).UtcTicks),
                ("$now", now.UtcTicks)
            )
        );
        foreach (var id in ids)
        {
            if ((await GetAsync(id, cancellationToken))?.Run is { } run && run.PurgeAt(retention) <= now)
            {
                yield return run;
            }
        }
    }

    // Two index ranges: runs with the usual retention by their end, runs with a retention of their own by purge time.
    internal const string PurgeableSql = """
        SELECT id FROM runs INDEXED BY runs_finished WHERE finished_at <= $finished AND purge_at IS NULL
        UNION ALL SELECT id FROM runs INDEXED BY runs_purge WHERE purge_at <= $now
        """;

    private static (string, object?)[] Columns(TrainingRun run) =>
        [
            ("$id", run.Id.ToString()),
            // Random, so that a record that was deleted and recreated never has the version that was read before.
            ("$version", BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)))),
            ("$owner", run.Owner.ToString()),
            ("$phase", run.Phase.ToString()),
            ("$submitted", run.SubmittedAt.UtcTicks),
            ("$finished", run.FinishedAt?.UtcTicks),
            ("$purge", run.Manifest.Retention is { } own ? run.PurgeAt(own)?.UtcTicks : null),
            ("$record", RunRecord.Write(run)),
        ];
}
