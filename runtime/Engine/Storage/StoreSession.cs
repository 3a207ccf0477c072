using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.History;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>What operations may do to the database, inside the writer's transaction. Used by the writer's thread only.</summary>
internal sealed class StoreSession(Database database)
{
    private readonly Statement findById = database.Prepare(
        "SELECT i.seq, s.status FROM instances i JOIN states s ON s.seq = i.seq WHERE i.id = ?"
    );
    private readonly Statement findStatus = database.Prepare("SELECT status FROM states WHERE seq = ?");
    private readonly Statement findRunningChildren = database.Prepare(
        $"SELECT i.seq FROM instances i JOIN states s ON s.seq = i.seq WHERE i.parent_seq = ? AND s.status IN {Sql.NotEnded}"
    );
    private readonly Statement findEndedChildren = database.Prepare(
        $"SELECT i.seq FROM instances i JOIN states s ON s.seq = i.seq WHERE i.parent_seq = ? AND s.status NOT IN {Sql.NotEnded}"
    );
    private readonly Statement insertInstance = database.Prepare(
        """
        INSERT INTO instances
            (seq, id, name, version, start_at, parent_seq, parent_generation, parent_task, parent_id, parent_name, tags, input)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    );
    private readonly Statement insertState = database.Prepare(
        """
        INSERT INTO states (seq, status, created, updated, generation, busy, next_due, custom_status)
        VALUES (?, ?, ?, ?, 0, 0, ?, NULL)
        """
    );
    private readonly Statement updateState = database.Prepare(
        "UPDATE states SET updated = ?, generation = ?, busy = ?, next_due = ?, custom_status = ? WHERE seq = ?"
    );
    private readonly Statement updateStatus = database.Prepare("UPDATE states SET status = ? WHERE seq = ?");
    private readonly Statement updateInput = database.Prepare("UPDATE instances SET input = ? WHERE seq = ?");
    private readonly Statement insertTurn = database.Prepare("INSERT INTO history (seq, turn, data) VALUES (?, ?, ?)");
    private readonly Statement insertResult = database.Prepare(
        "INSERT INTO results (seq, output, failure) VALUES (?, ?, ?)"
    );
    private readonly Statement insertInbox = database.Prepare("INSERT INTO inbox (id, seq, data) VALUES (?, ?, ?)");
    private readonly Statement deleteInboxRow = database.Prepare("DELETE FROM inbox WHERE id = ?");
    private readonly Statement deleteInbox = database.Prepare("DELETE FROM inbox WHERE seq = ?");
    private readonly Statement deleteHistory = database.Prepare("DELETE FROM history WHERE seq = ?");
    private readonly Statement deleteResult = database.Prepare("DELETE FROM results WHERE seq = ?");
    private readonly Statement deleteState = database.Prepare("DELETE FROM states WHERE seq = ?");
    private readonly Statement deleteInstance = database.Prepare("DELETE FROM instances WHERE seq = ?");

    private long lastSeq = database.ReadNumber("SELECT seq FROM sqlite_sequence WHERE name = 'instances'");
    private long lastInboxId = database.ReadNumber("SELECT max(id) FROM inbox");

    public long NextSeq() => ++lastSeq;

    public (long Seq, OrchestrationRuntimeStatus Status)? Find(string id)
    {
        findById.Bind(id);
        (long, OrchestrationRuntimeStatus)? found = findById.Step()
            ? (findById.Int64(0), (OrchestrationRuntimeStatus)findById.Int32(1))
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
        OrchestrationRuntimeStatus? status = findStatus.Step() ? (OrchestrationRuntimeStatus)findStatus.Int32(0) : null;
        findStatus.Reset();
        return status;
    }

    private static List<long> ReadSeqs(Statement statement)
    {
        var seqs = new List<long>();
        while (statement.Step())
        {
            seqs.Add(statement.Int64(0));
        }

        statement.Reset();
        return seqs;
    }
}
