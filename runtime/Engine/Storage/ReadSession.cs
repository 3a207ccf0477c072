using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.History;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>What instances need to read of themselves, and the engine at its start.</summary>
internal sealed partial class ReadSession(Database database) : IDisposable
{
    private readonly Statement instance = database.Prepare(
        """
        SELECT i.seq, i.id, i.name, i.version, i.start_at, i.parent_seq, i.parent_generation, i.parent_task, i.parent_id,
               i.parent_name, i.tags, i.input,
               s.status, s.created, s.updated, s.generation, s.busy, s.next_due, s.custom_status
        FROM instances i JOIN states s ON s.seq = i.seq WHERE i.seq = ?
        """
    );
    private readonly Statement turns = database.Prepare("SELECT data FROM history WHERE seq = ? ORDER BY turn");
    private readonly Statement turnCount = database.Prepare("SELECT max(turn) + 1 FROM history WHERE seq = ?");
    private readonly Statement inbox = database.Prepare("SELECT id, data FROM inbox WHERE seq = ? ORDER BY id");

    public (InstanceRecord Record, InstanceState State)? Instance(long seq)
    {
        instance.Bind(seq);
        (InstanceRecord, InstanceState)? found = instance.Step() ? (ReadRecord(instance), ReadState(instance)) : null;
        instance.Reset();
        return found;
    }

    public int TurnCount(long seq)
    {
        turnCount.Bind(seq);
        var count = turnCount.Step() ? turnCount.Int32(0) : 0;
        turnCount.Reset();
        return count;
    }

    public List<Turn> Turns(long seq)
    {
        var found = new List<Turn>();
        turns.Bind(seq);
        while (turns.Step())
        {
            found.Add(HistoryCodec.DecodeTurn(turns.Blob(0)));
        }

        turns.Reset();
        return found;
    }

    public List<Input> Inbox(long seq)
    {
        var found = new List<Input>();
        inbox.Bind(seq);
        while (inbox.Step())
        {
            found.Add(HistoryCodec.DecodeInput(inbox.Blob(1)) with { InboxId = inbox.Int64(0) });
        }

        inbox.Reset();
        return found;
    }

    public void Dispose() => database.Dispose();

    private static InstanceRecord ReadRecord(Statement row) =>
        new()
        {
            Seq = row.Int64(0),
            Id = row.Text(1)!,
            Name = row.Text(2)!,
            Version = row.Text(3)!,
            StartAt = Time(row.NullableInt64(4)),
            Parent = row.IsNull(5)
                ? null
                : new ParentLink(row.Int64(5), row.Int32(6), row.Int32(7), row.Text(8)!, row.Text(9)!),
            Tags = HistoryCodec.DecodeTags(row.Blob(10)),
            Input = row.Text(11),
            CreatedAt = Time(row.Int64(13)),
        };

    private static InstanceState ReadState(Statement row) =>
        new()
        {
            Status = (OrchestrationRuntimeStatus)row.Int32(12),
            UpdatedAt = Time(row.Int64(14)),
            Generation = row.Int32(15),
            Busy = row.Int32(16),
            NextDue = Time(row.NullableInt64(17)),
            CustomStatus = row.Text(18),
        };

    private static DateTime Time(long ticks) => new(ticks, DateTimeKind.Utc);

    private static DateTime? Time(long? ticks) => ticks is { } known ? Time(known) : null;
}
