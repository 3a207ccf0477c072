using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.History;
using Trainyard.Storage.Sqlite;

namespace Trainyard.Runtime.Engine.Storage;

internal sealed partial class ReadSession
{
    private const string SlimColumns =
        "i.seq, i.id, i.name, i.tags, s.status, s.created, s.updated, NULL, NULL, NULL, NULL";
    private const string FullColumns =
        "i.seq, i.id, i.name, i.tags, s.status, s.created, s.updated, s.custom_status, i.input, r.output, r.failure";

    private readonly Dictionary<string, SqliteStatement> _prepared = [];

    /// <summary>The instance by its id, as clients see it.</summary>
    public OrchestrationMetadata? Metadata(string id, DataConverter? converter)
    {
        var statement = Prepared($"SELECT {Columns(converter)} WHERE i.id = ?");
        statement.Bind(id);
        var found = statement.Step() ? ReadMetadata(statement, converter) : null;
        statement.Reset();
        return found;
    }

    public OrchestrationRuntimeStatus? Status(string id)
    {
        var statement = Prepared("SELECT s.status FROM instances i JOIN states s ON s.seq = i.seq WHERE i.id = ?");
        statement.Bind(id);
        OrchestrationRuntimeStatus? status = statement.Step()
            ? (OrchestrationRuntimeStatus)statement.GetInt32(0)
            : null;
        statement.Reset();
        return status;
    }

    /// <summary>The fixed facts of an instance, by its id.</summary>
    public InstanceRecord? Record(string id)
    {
        var statement = Prepared("SELECT seq FROM instances WHERE id = ?");
        statement.Bind(id);
        long? seq = statement.Step() ? statement.GetInt64(0) : null;
        statement.Reset();
        return seq is { } known ? Instance(known)?.Record : null;
    }

    /// <summary>By id, from after <paramref name="after"/>; for a prefix.</summary>
    /// <remarks>The plus signs keep SQLite from the index by status, which knows nothing of ids.</remarks>
    public List<OrchestrationMetadata> PageByPrefix(
        InstanceFilter filter,
        string prefix,
        string after,
        int count,
        DataConverter? converter
    )
    {
        // SQLite begins in the index at one lower bound only: a second one would be read up to, page by page.
        var isFirst = after.Length == 0;
        var statement = Prepared(
            $"SELECT {Columns(converter)} WHERE i.id {(isFirst ? ">=" : ">")} ? AND i.id < ? "
                + $"AND +s.created BETWEEN ? AND ? AND +s.status IN {Sql.List(filter.Statuses)} ORDER BY i.id LIMIT ?"
        );
        statement.Bind(isFirst ? prefix : after).Bind(prefix + "\U0010FFFF");
        statement.Bind(filter.CreatedFrom.Ticks).Bind(filter.CreatedTo.Ticks).Bind(count);
        return ReadAll(statement, converter);
    }

    /// <summary>One status, by creation, from after a position.</summary>
    public List<(Position At, OrchestrationMetadata Metadata)> PageByCreation(
        InstanceFilter filter,
        OrchestrationRuntimeStatus status,
        Position after,
        int count,
        DataConverter? converter
    )
    {
        var statement = Prepared(
            $"SELECT {Columns(converter)} WHERE s.status = ? AND (s.created, s.seq) > (?, ?) AND s.created BETWEEN ? AND ? "
                + "ORDER BY s.created, s.seq LIMIT ?"
        );
        statement.Bind((long)status).Bind(after.Created).Bind(after.Seq);
        // SQLite begins in the index at one lower bound only: it must be the higher of the two.
        var from = Math.Max(filter.CreatedFrom.Ticks, after.Created);
        statement.Bind(from).Bind(filter.CreatedTo.Ticks).Bind(count);
        var page = new List<(Position, OrchestrationMetadata)>();
        while (statement.Step())
        {
            page.Add((new Position(statement.GetInt64(5), statement.GetInt64(0)), ReadMetadata(statement, converter)));
        }

        statement.Reset();
        return page;
    }

    /// <summary>The oldest instances of one status.</summary>
    public List<long> Oldest(InstanceFilter filter, OrchestrationRuntimeStatus status, int count)
    {
        var statement = Prepared(
            "SELECT seq FROM states WHERE status = ? AND created BETWEEN ? AND ? ORDER BY created, seq LIMIT ?"
        );
        statement.Bind((long)status).Bind(filter.CreatedFrom.Ticks).Bind(filter.CreatedTo.Ticks).Bind(count);
        var found = new List<long>();
        while (statement.Step())
        {
            found.Add(statement.GetInt64(0));
        }

        statement.Reset();
        return found;
    }

    private static string Columns(DataConverter? converter) =>
        converter is null
            ? SlimColumns + " FROM states s JOIN instances i ON i.seq = s.seq"
            : FullColumns + " FROM states s JOIN instances i ON i.seq = s.seq LEFT JOIN results r ON r.seq = s.seq";

    private static List<OrchestrationMetadata> ReadAll(SqliteStatement statement, DataConverter? converter)
    {
        var page = new List<OrchestrationMetadata>();
        while (statement.Step())
        {
            page.Add(ReadMetadata(statement, converter));
        }

        statement.Reset();
        return page;
    }

    private static OrchestrationMetadata ReadMetadata(SqliteStatement row, DataConverter? converter) =>
        new(row.GetString(2), row.GetString(1))
        {
            Tags = HistoryCodec.DecodeTags(row.GetBlob(3)),
            RuntimeStatus = (OrchestrationRuntimeStatus)row.GetInt32(4),
            CreatedAt = new DateTimeOffset(Time(row.GetInt64(5))),
            LastUpdatedAt = new DateTimeOffset(Time(row.GetInt64(6))),
            DataConverter = converter,
            SerializedCustomStatus = row.GetStringOrNull(7),
            SerializedInput = row.GetStringOrNull(8),
            SerializedOutput = row.GetStringOrNull(9),
            FailureDetails = HistoryCodec.DecodeFailure(row.GetBlob(10)),
        };

    private SqliteStatement Prepared(string sql)
    {
        if (!_prepared.TryGetValue(sql, out var statement))
        {
            _prepared.Add(sql, statement = connection.Prepare(sql));
        }

        return statement;
    }
}
