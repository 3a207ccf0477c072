using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.History;
using Trainyard.Storage.Sqlite;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>The queries that instances run on their own rows, and the engine at its start.</summary>
internal sealed partial class ReadSession(SqliteConnection connection) : IDisposable
{
    private readonly SqliteStatement _instance = connection.Prepare(
        """
        SELECT i.seq, i.id, i.name, i.version, i.start_at, i.parent_seq, i.parent_generation, i.parent_task, i.parent_id,
               i.parent_name, i.tags, i.input,
               s.status, s.created, s.updated, s.generation, s.busy, s.next_due, s.custom_status
        FROM instances i JOIN states s ON s.seq = i.seq WHERE i.seq = ?
        """
    );
    private readonly SqliteStatement _turns = connection.Prepare(
        "SELECT data FROM history WHERE seq = ? ORDER BY turn"
    );
    private readonly SqliteStatement _turnCount = connection.Prepare("SELECT max(turn) + 1 FROM history WHERE seq = ?");
    private readonly SqliteStatement _inbox = connection.Prepare(
        "SELECT id, data FROM inbox WHERE seq = ? ORDER BY id"
    );

    public (InstanceRecord Record, InstanceState State)? Instance(long seq)
    {
        _instance.Bind(seq);
        (InstanceRecord, InstanceState)? found = _instance.Step()
            ? (ReadRecord(_instance), ReadState(_instance))
            : null;
        _instance.Reset();
        return found;
    }

    public int TurnCount(long seq)
    {
        _turnCount.Bind(seq);
        var count = _turnCount.Step() ? _turnCount.GetInt32(0) : 0;
        _turnCount.Reset();
        return count;
    }

    public List<Turn> Turns(long seq)
    {
        var found = new List<Turn>();
        _turns.Bind(seq);
        while (_turns.Step())
        {
            found.Add(HistoryCodec.DecodeTurn(_turns.GetBlob(0)));
        }

        _turns.Reset();
        return found;
    }

    public List<Input> Inbox(long seq)
    {
        var found = new List<Input>();
        _inbox.Bind(seq);
        while (_inbox.Step())
        {
            found.Add(HistoryCodec.DecodeInput(_inbox.GetBlob(1)) with { InboxId = _inbox.GetInt64(0) });
        }

        _inbox.Reset();
        return found;
    }

    public void Dispose() => connection.Dispose();

    private static InstanceRecord ReadRecord(SqliteStatement row) =>
        new()
        {
            Seq = row.GetInt64(0),
            Id = row.GetString(1),
            Name = row.GetString(2),
            Version = row.GetString(3),
            StartAt = Time(row.GetInt64OrNull(4)),
            Parent = row.IsNull(5)
                ? null
                : new ParentLink(row.GetInt64(5), row.GetInt32(6), row.GetInt32(7), row.GetString(8), row.GetString(9)),
            Tags = HistoryCodec.DecodeTags(row.GetBlob(10)),
            Input = row.GetStringOrNull(11),
            CreatedAt = Time(row.GetInt64(13)),
        };

    private static InstanceState ReadState(SqliteStatement row) =>
        new()
        {
            Status = (OrchestrationRuntimeStatus)row.GetInt32(12),
            UpdatedAt = Time(row.GetInt64(14)),
            Generation = row.GetInt32(15),
            Busy = row.GetInt32(16),
            NextDue = Time(row.GetInt64OrNull(17)),
            CustomStatus = row.GetStringOrNull(18),
        };

    private static DateTime Time(long ticks) => new(ticks, DateTimeKind.Utc);

    private static DateTime? Time(long? ticks) => ticks is { } known ? Time(known) : null;
}
