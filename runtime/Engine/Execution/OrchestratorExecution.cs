using Microsoft.DurableTask;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Execution;

/// <summary>
/// One running orchestrator: its state machine, alive between steps. Made anew from the history by replaying it.
/// Used by one thread at a time.
/// </summary>
internal sealed class OrchestratorExecution
{
    private readonly InstanceRecord _instance;
    private readonly ExecutionServices _services;
    private readonly TurnSynchronizationContext _turns;
    private readonly OrchestrationContext _context;
    private readonly Action _onForeign;
    private Task<object?>? _run;
    private bool _isUnknown;

    /// <param name="onForeign">Called, from any thread, when the orchestrator turns out to await a foreign task.</param>
    public OrchestratorExecution(
        InstanceRecord instance,
        int generation,
        ExecutionServices services,
        Action<OrchestratorExecution> onForeign
    )
    {
        _instance = instance;
        _services = services;
        _onForeign = () => onForeign(this);
        _turns = new TurnSynchronizationContext(_onForeign);
        _context = new OrchestrationContext(instance, generation, services, _turns);
    }

    public DateTime? NextDue => _context.NextDue;

    public int OpenActivityCount => _context.OpenActivityCount;

    public IEnumerable<ActivityScheduled> OpenActivities => _context.OpenActivities;

    /// <summary>Set when the orchestrator broke a rule.</summary>
    public Exception? Fault => _context.Fault;

    public string? CustomStatus => _context.CustomStatus;

    public IEnumerable<TimerFired> TakeDueTimers(DateTime now) => _context.TakeDueTimers(now);

    /// <summary>Repeats a recorded step.</summary>
    public void Replay(Turn turn) => Take(turn.Time, turn.Inputs, turn.Actions);

    /// <summary>Takes a new step.</summary>
    public TurnOutcome Run(DateTime now, IReadOnlyList<Input> inputs) => OutcomeOf(Take(now, inputs, null));

    private IReadOnlyList<OrchestratorAction> Take(
        DateTime now,
        IReadOnlyList<Input> inputs,
        IReadOnlyList<OrchestratorAction>? recorded
    )
    {
        _turns.Enter();
        try
        {
            _context.Begin(now, recorded);
            if (_run is null)
            {
                Start();
                _turns.RunContinuations();
            }

            foreach (var input in inputs)
            {
                _context.Apply(input);
                _turns.RunContinuations();
            }

            return _context.End();
        }
        finally
        {
            _turns.Exit();
        }
    }

    private void Start()
    {
        if (!_services.Orchestrators.TryGetValue(_instance.Name, out var factory))
        {
            _isUnknown = true;
            _run = Task.FromResult<object?>(null);
            return;
        }

        try
        {
            var orchestrator = factory(_services.Provider);
            _context.Input = _services.Converter.Deserialize(_instance.Input, orchestrator.InputType);
            _run = orchestrator.RunAsync(_context, _context.Input);
        }
        catch (Exception exception)
        {
            // Orchestrators that fail before their first await, or have an input of another shape, fail like any other.
            _run = Task.FromException<object?>(exception);
        }

        if (!_run.IsCompleted)
        {
            _ = _run.ContinueWith(
                (_, state) => ((OrchestratorExecution)state!).OnRunEnded(),
                this,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
        }
    }

    private void OnRunEnded()
    {
        if (!_turns.IsOnTurn)
        {
            _onForeign();
        }
    }

    private TurnOutcome OutcomeOf(IReadOnlyList<OrchestratorAction> actions)
    {
        if (_isUnknown)
        {
            var message = $"No orchestrator task named '{_instance.Name}' was found.";
            return new Fails(
                [],
                new TaskFailureDetails("OrchestratorTaskNotFound", message, null, null, null),
                IsFinal: true
            );
        }

        if (_context.Fault is { } fault)
        {
            return new Fails([], TaskFailureDetails.FromException(fault));
        }

        if (_run!.IsCompletedSuccessfully)
        {
            return Ending(actions, _run.Result);
        }

        if (_run.IsCompleted)
        {
            return new Fails(actions, TaskFailureDetails.FromException(Reason(_run)));
        }

        return _context.HasOpenWork
            ? new Waits(actions)
            : new Fails([], TaskFailureDetails.FromException(new ForeignAwaitException()));
    }

    private TurnOutcome Ending(IReadOnlyList<OrchestratorAction> actions, object? result)
    {
        if (_context.NextGeneration is var (input, keepEvents))
        {
            return new StartsOver(actions, input, keepEvents ? [.. _context.UnprocessedEvents] : []);
        }

        try
        {
            return new Completes(actions, _services.Converter.Serialize(result));
        }
        catch (Exception exception)
        {
            // An output that cannot be written is the orchestrator's failure, not the engine's.
            return new Fails(actions, TaskFailureDetails.FromException(exception));
        }
    }

    private static Exception Reason(Task task) => task.Exception?.InnerException ?? new TaskCanceledException(task);
}
