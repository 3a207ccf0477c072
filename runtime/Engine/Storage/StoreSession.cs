using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.History;
using Trainyard.Storage.Sqlite;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>What operations may do to the database, inside the writer's transaction. Used by the writer's thread only.</summary>
internal sealed class StoreSession(SqliteConnection connection)
{
    private readonly SqliteStatement findById = connection.Prepare(
        "SELECT i.seq, s.status FROM instances i JOIN states s ON s.seq = i.seq WHERE i.id = ?"
    );
    private readonly SqliteStatement findStatus = connection.Prepare("SELECT status FROM states WHERE seq = ?");
    private readonly SqliteStatement findRunningChildren = connection.Prepare(
        $"SELECT i.seq FROM instances i JOIN states s ON s.seq = i.seq WHERE i.parent_seq = ? AND s.status IN {Sql.NotEnded}"
    );
    private readonly SqliteStatement findEndedChildren = connection.Prepare(
        $"SELECT i.seq FROM instances i JOIN states s ON s.seq = i.seq WHERE i.parent_seq = ? AND s.status NOT IN {Sql.NotEnded}"
    );
    private readonly SqliteStatement insertInstance = connection.Prepare(
        """
        INSERT INTO instances
            (seq, id, name, version, start_at, parent_seq, parent_generation, parent_task, parent_id, parent_name, tags, input)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    );
    private readonly SqliteStatement insertState = connection.Prepare(
        """
        INSERT INTO states (seq, status, created, updated, generation, busy, next_due, custom_status)
        VALUES (?, ?, ?, ?, 0, 0, ?, NULL)
        """
    );
    private readonly SqliteStatement updateState = connection.Prepare(
        "UPDATE states SET updated = ?, generation = ?, busy = ?, next_due = ?, custom_status = ? WHERE seq = ?"
    );
    private readonly SqliteStatement updateStatus = connection.Prepare("UPDATE states SET status = ? WHERE seq = ?");
    private readonly SqliteStatement updateInput = connection.Prepare("UPDATE instances SET input = ? WHERE seq = ?");
    private readonly SqliteStatement insertTurn = connection.Prepare(
        "INSERT INTO history (seq, turn, data) VALUES (?, ?, ?)"
    );
    private readonly SqliteStatement insertResult = connection.Prepare(
        "INSERT INTO results (seq, output, failure) VALUES (?, ?, ?)"
    );
    private readonly SqliteStatement insertInbox = connection.Prepare(
        "INSERT INTO inbox (id, seq, data) VALUES (?, ?, ?)"
    );
    private readonly SqliteStatement deleteInboxRow = connection.Prepare("DELETE FROM inbox WHERE id = ?");
    private readonly SqliteStatement deleteInbox = connection.Prepare("DELETE FROM inbox WHERE seq = ?");
    private readonly SqliteStatement deleteHistory = connection.Prepare("DELETE FROM history WHERE seq = ?");
    private readonly SqliteStatement deleteResult = connection.Prepare("DELETE FROM results WHERE seq = ?");
    private readonly SqliteStatement deleteState = connection.Prepare("DELETE FROM states WHERE seq = ?");
    private readonly SqliteStatement deleteInstance = connection.Prepare("DELETE FROM instances WHERE seq = ?");

    private long lastSeq = connection.ReadNumber("SELECT seq FROM sqlite_sequence WHERE name = 'instances'");
    private long lastInboxId = connection.ReadNumber("SELECT max(id) FROM inbox");

    public long NextSeq() => ++lastSeq;

    public (long Seq, OrchestrationRuntimeStatus Status)? Find(string id)
    {
        findById.Bind(id);
        (long, OrchestrationRuntimeStatus)? found = findById.Step()
            ? (findById.GetInt64(0), (OrchestrationRuntimeStatus)findById.GetInt32(1))
            : null;
        findById.Reset();
        return found;
    }

    public bool IsRunning(long seq) => StatusOf(seq) is { } status && !status.HasEnded();

    public bool HasEnded(long seq) => StatusOf(seq) is { } status && status.HasEnded();

    public List<long> RunningChildrenOf(long seq) => ReadSeqs(findRunningChildren.Bind(seq));

    public List<long> EndedChildrenOf(long seq) => ReadSeqs(findEndedChildren.Bind(seq));

    public void Insert(InstanceRecord instance)
    {
        insertInstance.Bind(instance.Seq).Bind(instance.Id).Bind(instance.Name).Bind(instance.Version);
        insertInstance.Bind(instance.StartAt?.Ticks);
        insertInstance.Bind(instance.Parent?.Seq).Bind((long?)instance.Parent?.Generation);
        insertInstance.Bind((long?)instance.Parent?.TaskId).Bind(instance.Parent?.Id).Bind(instance.Parent?.Name);
        insertInstance.Bind(HistoryCodec.Encode(instance.Tags)).Bind(instance.Input).Run();

        insertState.Bind(instance.Seq).Bind((long)OrchestrationRuntimeStatus.Pending);
        insertState.Bind(instance.CreatedAt.Ticks).Bind(instance.CreatedAt.Ticks).Bind(instance.StartAt?.Ticks).Run();
    }

    public void Update(long seq, InstanceState state, bool statusChanged)
    {
        updateState.Bind(state.UpdatedAt.Ticks).Bind(state.Generation).Bind(state.Busy);
        updateState.Bind(state.NextDue?.Ticks).Bind(state.CustomStatus).Bind(seq).Run();
        if (statusChanged)
        {
            updateStatus.Bind((long)state.Status).Bind(seq).Run();
        }
    }

    public void AppendTurn(long seq, int turn, byte[] data) => insertTurn.Bind(seq).Bind(turn).Bind(data).Run();

    public void BeginGeneration(long seq, string? input)
    {
        deleteHistory.Bind(seq).Run();
        updateInput.Bind(input).Bind(seq).Run();
    }

    public void Finish(long seq, string? output, TaskFailureDetails? failure)
    {
        insertResult.Bind(seq).Bind(output).Bind(failure is null ? null : HistoryCodec.Encode(failure)).Run();
        deleteInbox.Bind(seq).Run();
    }

    /// <returns>The input as it now stands in the inbox.</returns>
    public Input AddToInbox(long seq, Input input)
    {
        var id = ++lastInboxId;
        insertInbox.Bind(id).Bind(seq).Bind(HistoryCodec.Encode(input)).Run();
        return input with { InboxId = id };
    }

    /// <summary>Puts back what a step had consumed, in its old place.</summary>
    public void ReturnToInbox(long seq, Input input) =>
        insertInbox.Bind(input.InboxId).Bind(seq).Bind(HistoryCodec.Encode(input with { InboxId = 0 })).Run();

    public void RemoveFromInbox(long inboxId) => deleteInboxRow.Bind(inboxId).Run();

    /// <summary>Removes every trace of an execution that has ended; its inbox went at the end.</summary>
    public void Erase(long seq)
    {
        deleteHistory.Bind(seq).Run();
        deleteResult.Bind(seq).Run();
        deleteState.Bind(seq).Run();
        deleteInstance.Bind(seq).Run();
    }

    private OrchestrationRuntimeStatus? StatusOf(long seq)
    {
        findStatus.Bind(seq);
        OrchestrationRuntimeStatus? status = findStatus.Step()
            ? (OrchestrationRuntimeStatus)findStatus.GetInt32(0)
            : null;
        findStatus.Reset();
        return status;
    }

    private static List<long> ReadSeqs(SqliteStatement statement)
    {
        var seqs = new List<long>();
        while (statement.Step())
        {
            seqs.Add(statement.GetInt64(0));
        }

        statement.Reset();
        return seqs;
    }
}
