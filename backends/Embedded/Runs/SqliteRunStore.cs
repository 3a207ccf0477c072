using System.Globalization;
using System.Security.Cryptography;
using Trainyard.Backends.Sqlite;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Runs;

/// <summary>Records in a table: what is searched has a column, the rest is JSON.</summary>
internal sealed class SqliteRunStore(SqliteDatabase database) : IRunStore
{
    public Task<bool> CreateAsync(TrainingRun run, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
                session.Execute(
                    """
                    INSERT INTO runs (id, version, owner, phase, submitted_at, finished_at, record)
                    VALUES ($id, $version, $owner, $phase, $submitted, $finished, $record)
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
            return Task.FromResult(false);
        return database.WriteAsync(
            session =>
                session.Execute(
                    """
                    UPDATE runs SET version = $version, owner = $owner, phase = $phase, submitted_at = $submitted,
                        finished_at = $finished, record = $record
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
            return Task.FromResult(new RunPage(runs, null));
        runs.RemoveAt(query.PageSize);
        return Task.FromResult(new RunPage(runs, RunContinuation.After(runs[^1]).ToString()));
    }

    private static (string, object?)[] Columns(TrainingRun run) =>
        [
            ("$id", run.Id.ToString()),
            // Random, so that a record deleted and made again is never taken for the one that was read.
            ("$version", BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)))),
            ("$owner", run.Owner.ToString()),
            ("$phase", run.Phase.ToString()),
            ("$submitted", run.SubmittedAt.UtcTicks),
            ("$finished", run.FinishedAt?.UtcTicks),
            ("$record", RunRecord.Write(run)),
        ];
}
