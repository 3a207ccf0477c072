using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.History;
using Trainyard.Storage.Sqlite;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>
/// The database access of operations, inside the writer's transaction. Used by the writer's thread only.
/// </summary>
internal sealed class StoreSession(SqliteConnection connection)
{
    private readonly SqliteStatement _findById = connection.Prepare(
        "SELECT i.seq, s.status FROM instances i JOIN states s ON s.seq = i.seq WHERE i.id = ?"
    );
    private readonly SqliteStatement _findStatus = connection.Prepare("SELECT status FROM states WHERE seq = ?");
    private readonly SqliteStatement _findRunningChildren = connection.Prepare(
        $"SELECT i.seq FROM instances i JOIN states s ON s.seq = i.seq WHERE i.parent_seq = ? AND s.status IN {Sql.NotEnded}"
    );
    private readonly SqliteStatement _findEndedChildren = connection.Prepare(
        $"SELECT i.seq FROM instances i JOIN states s ON s.seq = i.seq WHERE i.parent_seq = ? AND s.status NOT IN {Sql.NotEnded}"
    );
    private readonly SqliteStatement _insertInstance = connection.Prepare(
        """
        INSERT INTO instances
            (seq, id, name, version, start_at, parent_seq, parent_generation, parent_task, parent_id, parent_name, tags, input)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    );
    private readonly SqliteStatement _insertState = connection.Prepare(
        """
        INSERT INTO states (seq, status, created, updated, generation, busy, next_due, custom_status)
        VALUES (?, ?, ?, ?, 0, 0, ?, NULL)
        """
    );
    private readonly SqliteStatement _updateState = connection.Prepare(
        "UPDATE states SET updated = ?, generation = ?, busy = ?, next_due = ?, custom_status = ? WHERE seq = ?"
    );
    private readonly SqliteStatement _updateStatus = connection.Prepare("UPDATE states SET status = ? WHERE seq = ?");
    private readonly SqliteStatement _updateInput = connection.Prepare("UPDATE instances SET input = ? WHERE seq = ?");
    private readonly SqliteStatement _insertTurn = connection.Prepare(
        "INSERT INTO history (seq, turn, data) VALUES (?, ?, ?)"
    );
    private readonly SqliteStatement _insertResult = connection.Prepare(
        "INSERT INTO results (seq, output, failure) VALUES (?, ?, ?)"
    );
    private readonly SqliteStatement _insertInbox = connection.Prepare(
        "INSERT INTO inbox (id, seq, data) VALUES (?, ?, ?)"
    );
    private readonly SqliteStatement _deleteInboxRow = connection.Prepare("DELETE FROM inbox WHERE id = ?");
    private readonly SqliteStatement _deleteInbox = connection.Prepare("DELETE FROM inbox WHERE seq = ?");
    private readonly SqliteStatement _deleteHistory = connection.Prepare("DELETE FROM history WHERE seq = ?");
    private readonly SqliteStatement _deleteResult = connection.Prepare("DELETE FROM results WHERE seq = ?");
    private readonly SqliteStatement _deleteState = connection.Prepare("DELETE FROM states WHERE seq = ?");
    private readonly SqliteStatement _deleteInstance = connection.Prepare("DELETE FROM instances WHERE seq = ?");

    private long _lastSeq = connection.ReadNumber("SELECT seq FROM sqlite_sequence WHERE name = 'instances'");
    private long _lastInboxId = connection.ReadNumber("SELECT max(id) FROM inbox");

    public long NextSeq() => ++_lastSeq;

    public (long Seq, OrchestrationRuntimeStatus Status)? Find(string id)
    {
        _findById.Bind(id);
        (long, OrchestrationRuntimeStatus)? found = _findById.Step()
            ? (_findById.GetInt64(0), (OrchestrationRuntimeStatus)_findById.GetInt32(1))
            : null;
        _findById.Reset();
        return found;
    }

    public bool IsRunning(long seq) => StatusOf(seq) is { } status && !status.HasEnded();

    public bool HasEnded(long seq) => StatusOf(seq) is { } status && status.HasEnded();

    public List<long> RunningChildrenOf(long seq) => ReadSeqs(_findRunningChildren.Bind(seq));

    public List<long> EndedChildrenOf(long seq) => ReadSeqs(_findEndedChildren.Bind(seq));

    public void Insert(InstanceRecord instance)
    {
        _insertInstance.Bind(instance.Seq).Bind(instance.Id).Bind(instance.Name).Bind(instance.Version);
        _insertInstance.Bind(instance.StartAt?.Ticks);
        _insertInstance.Bind(instance.Parent?.Seq).Bind((long?)instance.Parent?.Generation);
        _insertInstance.Bind((long?)instance.Parent?.TaskId).Bind(instance.Parent?.Id).Bind(instance.Parent?.Name);
        _insertInstance.Bind(HistoryCodec.Encode(instance.Tags)).Bind(instance.Input).Run();

        _insertState.Bind(instance.Seq).Bind((long)OrchestrationRuntimeStatus.Pending);
        _insertState.Bind(instance.CreatedAt.Ticks).Bind(instance.CreatedAt.Ticks).Bind(instance.StartAt?.Ticks).Run();
    }

    public void Update(long seq, InstanceState state, bool statusChanged)
    {
        _updateState.Bind(state.UpdatedAt.Ticks).Bind(state.Generation).Bind(state.Busy);
        _updateState.Bind(state.NextDue?.Ticks).Bind(state.CustomStatus).Bind(seq).Run();
        if (statusChanged)
        {
            _updateStatus.Bind((long)state.Status).Bind(seq).Run();
        }
    }

    public void AppendTurn(long seq, int turn, byte[] data) => _insertTurn.Bind(seq).Bind(turn).Bind(data).Run();

    public void BeginGeneration(long seq, string? input)
    {
        _deleteHistory.Bind(seq).Run();
        _updateInput.Bind(input).Bind(seq).Run();
    }

    public void Finish(long seq, string? output, TaskFailureDetails? failure)
    {
        _insertResult.Bind(seq).Bind(output).Bind(failure is null ? null : HistoryCodec.Encode(failure)).Run();
        _deleteInbox.Bind(seq).Run();
    }

    /// <returns>The input as it now stands in the inbox.</returns>
    public Input AddToInbox(long seq, Input input)
    {
        var id = ++_lastInboxId;
        _insertInbox.Bind(id).Bind(seq).Bind(HistoryCodec.Encode(input)).Run();
        return input with { InboxId = id };
    }

    /// <summary>Puts an input that a step had consumed back in its old place.</summary>
    public void ReturnToInbox(long seq, Input input) =>
        _insertInbox.Bind(input.InboxId).Bind(seq).Bind(HistoryCodec.Encode(input with { InboxId = 0 })).Run();

    public void RemoveFromInbox(long inboxId) => _deleteInboxRow.Bind(inboxId).Run();

    /// <summary>Deletes all rows of an execution that has ended. Its inbox was deleted when it ended.</summary>
    public void Erase(long seq)
    {
        _deleteHistory.Bind(seq).Run();
        _deleteResult.Bind(seq).Run();
        _deleteState.Bind(seq).Run();
        _deleteInstance.Bind(seq).Run();
    }

    private OrchestrationRuntimeStatus? StatusOf(long seq)
    {
        _findStatus.Bind(seq);
        OrchestrationRuntimeStatus? status = _findStatus.Step()
            ? (OrchestrationRuntimeStatus)_findStatus.GetInt32(0)
            : null;
        _findStatus.Reset();
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
