using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Instances;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Client;

/// <summary>
/// Has a failed orchestration take its last wait again: the answers that failed are forgotten, so that those activities
/// run again and failed children are rewound too; the other answers are kept.
/// </summary>
internal sealed class RewindInstance(InstanceDirectory instances, string id, DateTime now) : StoreOperation
{
    private readonly TaskCompletionSource<OrchestrationRuntimeStatus?> done = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly List<long> rewound = [];
    private OrchestrationRuntimeStatus? status;

    /// <summary>The status that was found: only a failed one is rewound. Null when there is no such orchestration.</summary>
    public Task<OrchestrationRuntimeStatus?> Done => done.Task;

    public override void Apply(StoreSession session)
    {
        rewound.Clear();
        var found = session.Find(id);
        status = found?.Status;
        if (found is { Status: OrchestrationRuntimeStatus.Failed })
        {
            Rewind(session, found.Value.Seq);
        }
    }

    public override void Committed()
    {
        rewound.ForEach(instances.Wake);
        done.TrySetResult(status);
    }

    public override void Failed(Exception exception) => done.TrySetException(exception);

    private void Rewind(StoreSession session, long seq)
    {
        var turns = session.Turns(seq);
        var from = FirstOfLastWait(turns);
        foreach (var input in turns.Skip(from).SelectMany(turn => turn.Inputs))
        {
            if (input is not TaskFailed failed)
            {
                session.AddToInbox(seq, input);
            }
            else if (ChildOf(turns, failed) is { } child && session.Find(child.InstanceId) is { } found)
            {
                RewindChild(session, found.Seq, found.Status);
            }
        }

        session.Reopen(seq, from, now);
        rewound.Add(seq);
    }

    private void RewindChild(StoreSession session, long seq, OrchestrationRuntimeStatus childStatus)
    {
        if (childStatus == OrchestrationRuntimeStatus.Failed)
        {
            Rewind(session, seq);
        }
    }

    /// <summary>The step after the last that asked for something: from there on answers were only gathered.</summary>
    private static int FirstOfLastWait(List<Turn> turns)
    {
        var from = Math.Max(0, turns.Count - 1);
        while (from > 0 && turns[from - 1].Actions.Count == 0)
        {
            from--;
        }

        return from;
    }

    private static ChildStarted? ChildOf(List<Turn> turns, TaskFailed failed) =>
        turns
            .SelectMany(turn => turn.Actions)
            .OfType<ChildStarted>()
            .FirstOrDefault(child => child.TaskId == failed.TaskId);
}
