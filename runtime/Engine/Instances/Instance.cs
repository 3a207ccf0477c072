using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.Execution;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>
/// An orchestration instance in memory: takes inputs from anywhere, and takes its steps one at a time. A step runs
/// before its inputs are kept, and is then kept with them; nothing it asked for happens earlier. So an activity's
/// result costs one commit, not two.
/// </summary>
internal sealed partial class Instance
{
    private readonly Lock gate = new();
    private readonly DurableEngine engine;
    private readonly Mailbox mailbox = new();
    private bool isScheduled;
    private bool isWoken;
    private bool isGone;
    private int uncommitted;
    private int parkStamp;

    // What follows belongs to the thread that takes the current step.
    private InstanceRecord? record;
    private InstanceState state = new() { Status = OrchestrationRuntimeStatus.Pending, UpdatedAt = default };
    private OrchestratorExecution? execution;
    private OrchestratorExecution? latestExecution;
    private int turns;
    private bool hasEnded;

    public Instance(long seq, DurableEngine engine)
    {
        Seq = seq;
        this.engine = engine;
    }

    /// <summary>A new one, which needs nothing from the database.</summary>
    public Instance(InstanceRecord record, DurableEngine engine)
        : this(record.Seq, engine)
    {
        this.record = record;
        state = state with { UpdatedAt = record.CreatedAt, NextDue = record.StartAt };
    }

    public long Seq { get; }

    /// <summary>It failed by itself and is taken up again from the database, as another object.</summary>
    public bool IsLost { get; private set; }

    private bool IsSuspended => state.Status == OrchestrationRuntimeStatus.Suspended;

    /// <summary>A replay reads the database, so it must wait for what is on its way there.</summary>
    private bool AwaitsCommit => engine.Options.ReplayEveryStep && uncommitted > 0;

    /// <returns>False when the instance has left memory: look it up again.</returns>
    public bool Post(Input input)
    {
        lock (gate)
        {
            if (!isGone)
            {
                mailbox.Add(input);
                Schedule();
            }

            return !isGone;
        }
    }

    /// <summary>Has the instance look whether a timer is due.</summary>
    /// <inheritdoc cref="Post"/>
    public bool Wake()
    {
        lock (gate)
        {
            if (!isGone)
            {
                isWoken = true;
                Schedule();
            }

            return !isGone;
        }
    }

    public void Run()
    {
        try
        {
            if (record is null && !TryActivate())
            {
                Leave();
                return;
            }

            do
            {
                TakeStep(engine.Now);
            } while (HasMore());

            ParkIfIdle();
        }
        catch (Exception exception)
        {
            // An instance that cannot be read or replayed must not take the others down.
            engine.OnInstanceFailure(this, exception);
        }
    }

    /// <summary>Drops it from memory, with all that was not kept yet.</summary>
    public void Lose()
    {
        IsLost = true;
        Leave();
    }

    /// <summary>A step of this instance is on the disk.</summary>
    public void OnCommitted(InstanceState committed)
    {
        engine.Timers.Set(Seq, committed.NextDue);
        engine.Failures.Forget(Seq);
        lock (gate)
        {
            uncommitted--;
            if (!committed.HasEnded && (isWoken || mailbox.HasAny(IsSuspended)))
            {
                Schedule();
            }
        }

        if (committed.HasEnded)
        {
            Leave();
        }
        else
        {
            ParkIfIdle();
        }
    }

    public void TryEvict(int stamp)
    {
        lock (gate)
        {
            if (stamp == parkStamp && IsIdle())
            {
                MarkGone();
            }
        }
    }

    private void ParkIfIdle()
    {
        int stamp;
        lock (gate)
        {
            if (!IsIdle())
            {
                return;
            }

            stamp = ++parkStamp;
        }

        engine.Instances.Park(this, stamp);
    }

    private bool IsIdle() =>
        !isGone && !isScheduled && uncommitted == 0 && mailbox.Count == 0 && record is not null && state.Busy == 0;

    private void Leave()
    {
        lock (gate)
        {
            MarkGone();
        }
    }

    private void MarkGone()
    {
        isGone = true;
        engine.Instances.Remove(this);
    }

    private void Schedule()
    {
        if (!isScheduled && !AwaitsCommit)
        {
            isScheduled = true;
            engine.Scheduler.Add(this);
        }
    }

    private bool HasMore()
    {
        lock (gate)
        {
            var more = !hasEnded && (isWoken || mailbox.HasAny(IsSuspended));
            isScheduled = more && !AwaitsCommit;
            return isScheduled;
        }
    }
}
