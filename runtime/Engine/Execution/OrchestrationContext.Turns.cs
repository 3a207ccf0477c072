using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Trainyard.Runtime.Engine.History;

namespace Trainyard.Runtime.Engine.Execution;

/// <summary>The members of the context that the engine calls.</summary>
internal sealed partial class OrchestrationContext
{
    /// <summary>Whether an open task or an awaited event can still wake the orchestrator.</summary>
    public bool HasOpenWork => _open.Count > 0 || _events.Any;

    public IEnumerable<ActivityScheduled> OpenActivities =>
        _open.Values.Select(task => task.Action).OfType<ActivityScheduled>();

    public int OpenActivityCount { get; private set; }

    public IReadOnlyList<EventRaised> UnprocessedEvents => _events.Buffered;

    public DateTime? NextDue
    {
        get
        {
            while (_timers.TryPeek(out var id, out var due))
            {
                if (_open.ContainsKey(id))
                {
                    return due;
                }

                _timers.Dequeue();
            }

            return null;
        }
    }

    public IEnumerable<TimerFired> TakeDueTimers(DateTime time)
    {
        while (NextDue <= time)
        {
            yield return new TimerFired(_timers.Dequeue());
        }
    }

    public void Begin(DateTime time, IReadOnlyList<OrchestratorAction>? recorded)
    {
        _now = time;
        _log.Begin(recorded);
    }

    public IReadOnlyList<OrchestratorAction> End()
    {
        try
        {
            return _log.End();
        }
        catch (NonDeterministicOrchestrationException exception)
        {
            Fault ??= exception;
            return [];
        }
    }

    public void Apply(Input input)
    {
        switch (input)
        {
            case TaskCompleted completed when Take(completed) is { } task:
                task.Complete(completed.Result);
                break;
            case TaskFailed failed when Take(failed) is { } task:
                task.Fail(TaskFailures.ExceptionOf(task.Action, failed));
                break;
            case TimerFired fired when _open.Remove(fired.TaskId, out var timer):
                timer.Complete(null);
                break;
            case EventRaised raised:
                _events.Deliver(raised);
                break;
            default:
                // An answer to a task of an earlier generation, or a second answer to the same task.
                break;
        }
    }

    private OpenTask? Take(TaskAnswer answer)
    {
        if (answer.Generation != generation || !_open.Remove(answer.TaskId, out var task))
        {
            return null;
        }

        OpenActivityCount -= task.Action is ActivityScheduled ? 1 : 0;
        return task;
    }

    private Task<string?> Ask(TaskName name, Func<int, OrchestratorAction> action)
    {
        if (name == default)
        {
            throw new ArgumentException("The name must not be empty.", nameof(name));
        }

        return Open(action).Answer;
    }

    private OpenTask Open(Func<int, OrchestratorAction> action)
    {
        var task = new OpenTask(Log(action));
        _open.Add(task.Action.TaskId, task);
        OpenActivityCount += task.Action is ActivityScheduled ? 1 : 0;
        return task;
    }

    private OrchestratorAction Log(Func<int, OrchestratorAction> action)
    {
        ThrowIfOffTurn();
        var made = action(_nextTaskId++);
        try
        {
            _log.Add(made);
        }
        catch (NonDeterministicOrchestrationException exception)
        {
            Fault ??= exception;
            throw;
        }

        return made;
    }

    private void ThrowIfOffTurn()
    {
        if (!turns.IsOnTurn)
        {
            throw new InvalidOperationException(ForeignAwait.CallMessage);
        }
    }
}
