using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.Execution;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>
/// An orchestration instance in memory. It accepts inputs from any thread and takes its steps one at a time. A step
/// runs before its inputs are stored; one commit then stores both, and the step's actions start only after it. So an
/// activity's result costs one commit, not two.
/// </summary>
internal sealed partial class Instance
{
    private readonly Lock _gate = new();
    private readonly DurableEngine _engine;
    private readonly Mailbox _mailbox = new();
    private bool _isScheduled;
    private bool _isWoken;
    private bool _isGone;
    private int _uncommitted;
    private int _parkStamp;

    // Only the thread that takes the current step may use the fields below.
    private InstanceRecord? _record;
    private InstanceState _state = new() { Status = OrchestrationRuntimeStatus.Pending, UpdatedAt = default };
    private OrchestratorExecution? _execution;
    private OrchestratorExecution? _latestExecution;
    private int _turns;
    private bool _hasEnded;

    public Instance(long seq, DurableEngine engine)
    {
        Seq = seq;
        _engine = engine;
    }

    /// <summary>Makes a new instance, which needs nothing from the database.</summary>
    public Instance(InstanceRecord record, DurableEngine engine)
        : this(record.Seq, engine)
    {
        _record = record;
        _state = _state with { UpdatedAt = record.CreatedAt, NextDue = record.StartAt };
    }

    public long Seq { get; }

    /// <summary>
    /// Whether this object failed. The engine reloads the instance from the database as another object.
    /// </summary>
    public bool IsLost { get; private set; }

    private bool IsSuspended => _state.Status == OrchestrationRuntimeStatus.Suspended;

    /// <summary>
    /// Whether the next step must wait for a commit: a replay reads the database, so pending commits come first.
    /// </summary>
    private bool AwaitsCommit => _engine.Options.ReplayEveryStep && _uncommitted > 0;

    /// <returns>False when the instance has left memory: look it up again.</returns>
    public bool Post(Input input)
    {
        lock (_gate)
        {
            if (!_isGone)
            {
                _mailbox.Add(input);
                Schedule();
            }

            return !_isGone;
        }
    }

    /// <summary>Makes the instance check whether a timer is due.</summary>
    /// <inheritdoc cref="Post"/>
    public bool Wake()
    {
        lock (_gate)
        {
            if (!_isGone)
            {
                _isWoken = true;
                Schedule();
            }

            return !_isGone;
        }
    }

    public void Run()
    {
        try
        {
            if (_record is null && !TryActivate())
            {
                Leave();
                return;
            }

            do
            {
                TakeStep(_engine.Now);
            } while (HasMore());

            ParkIfIdle();
        }
        catch (Exception exception)
        {
            // An instance that cannot be read or replayed must not take the others down.
            _engine.OnInstanceFailure(this, exception);
        }
    }

    /// <summary>Drops the instance from memory, with all changes that were not stored yet.</summary>
    public void Lose()
    {
        IsLost = true;
        Leave();
    }

    /// <summary>A step of this instance is on the disk.</summary>
    public void OnCommitted(InstanceState committed)
    {
        _engine.Timers.Set(Seq, committed.NextDue);
        _engine.Failures.Forget(Seq);
        lock (_gate)
        {
            _uncommitted--;
            if (!committed.HasEnded && (_isWoken || _mailbox.HasAny(IsSuspended)))
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
        lock (_gate)
        {
            if (stamp == _parkStamp && IsIdle())
            {
                MarkGone();
            }
        }
    }

    private void ParkIfIdle()
    {
        int stamp;
        lock (_gate)
        {
            if (!IsIdle())
            {
                return;
            }

            stamp = ++_parkStamp;
        }

        _engine.Instances.Park(this, stamp);
    }

    private bool IsIdle() =>
        !_isGone
        && !_isScheduled
        && _uncommitted == 0
        && _mailbox.Count == 0
        && _record is not null
        && _state.Busy == 0;

    private void Leave()
    {
        lock (_gate)
        {
            MarkGone();
        }
    }

    private void MarkGone()
    {
        _isGone = true;
        _engine.Instances.Remove(this);
    }

    private void Schedule()
    {
        if (!_isScheduled && !AwaitsCommit)
        {
            _isScheduled = true;
            _engine.Scheduler.Add(this);
        }
    }

    private bool HasMore()
    {
        lock (_gate)
        {
            var more = !_hasEnded && (_isWoken || _mailbox.HasAny(IsSuspended));
            _isScheduled = more && !AwaitsCommit;
            return _isScheduled;
        }
    }
}
