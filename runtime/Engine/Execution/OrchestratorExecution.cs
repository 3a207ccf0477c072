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
    private readonly InstanceRecord instance;
    private readonly ExecutionServices services;
    private readonly TurnSynchronizationContext turns;
    private readonly OrchestrationContext context;
    private readonly Action onForeign;
    private Task<object?>? run;
    private bool isUnknown;

    /// <param name="onForeign">Called, from any thread, when the orchestrator turns out to await a foreign task.</param>
    public OrchestratorExecution(
        InstanceRecord instance,
        int generation,
        ExecutionServices services,
        Action<OrchestratorExecution> onForeign
    )
    {
        this.instance = instance;
        this.services = services;
        this.onForeign = () => onForeign(this);
        turns = new TurnSynchronizationContext(this.onForeign);
        context = new OrchestrationContext(instance, generation, services, turns);
    }

    public DateTime? NextDue => context.NextDue;

    public int OpenActivityCount => context.OpenActivityCount;

    public IEnumerable<ActivityScheduled> OpenActivities => context.OpenActivities;

    /// <summary>Set when the orchestrator broke a rule.</summary>
    public Exception? Fault => context.Fault;

    public string? CustomStatus => context.CustomStatus;

    public IEnumerable<TimerFired> TakeDueTimers(DateTime now) => context.TakeDueTimers(now);

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
        turns.Enter();
        try
        {
            context.Begin(now, recorded);
            if (run is null)
            {
                Start();
                turns.RunContinuations();
            }

            foreach (var input in inputs)
            {
                context.Apply(input);
                turns.RunContinuations();
            }

            return context.End();
        }
        finally
        {
            turns.Exit();
        }
    }

    private void Start()
    {
        if (!services.Orchestrators.TryGetValue(instance.Name, out var factory))
        {
            isUnknown = true;
            run = Task.FromResult<object?>(null);
            return;
        }

        try
        {
            var orchestrator = factory(services.Provider);
            context.Input = services.Converter.Deserialize(instance.Input, orchestrator.InputType);
            run = orchestrator.RunAsync(context, context.Input);
        }
        catch (Exception exception)
        {
            // Orchestrators that fail before their first await, or have an input of another shape, fail like any other.
            run = Task.FromException<object?>(exception);
        }

        if (!run.IsCompleted)
        {
            _ = run.ContinueWith(
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
        if (!turns.IsOnTurn)
        {
            onForeign();
        }
    }

    private TurnOutcome OutcomeOf(IReadOnlyList<OrchestratorAction> actions)
    {
        if (isUnknown)
        {
            var message = $"No orchestrator task named '{instance.Name}' was found.";
            return new Fails(
                [],
                new TaskFailureDetails("OrchestratorTaskNotFound", message, null, null, null),
                IsFinal: true
            );
        }

        if (context.Fault is { } fault)
        {
            return new Fails([], TaskFailureDetails.FromException(fault));
        }

        if (run!.IsCompletedSuccessfully)
        {
            return Ending(actions, run.Result);
        }

        if (run.IsCompleted)
        {
            return new Fails(actions, TaskFailureDetails.FromException(Reason(run)));
        }

        return context.HasOpenWork
            ? new Waits(actions)
            : new Fails([], TaskFailureDetails.FromException(new ForeignAwaitException()));
    }

    private TurnOutcome Ending(IReadOnlyList<OrchestratorAction> actions, object? result)
    {
        if (context.NextGeneration is var (input, keepEvents))
        {
            return new StartsOver(actions, input, keepEvents ? [.. context.UnprocessedEvents] : []);
        }

        try
        {
            return new Completes(actions, services.Converter.Serialize(result));
        }
        catch (Exception exception)
        {
            // An output that cannot be written is the orchestrator's failure, not the engine's.
            return new Fails(actions, TaskFailureDetails.FromException(exception));
        }
    }

    private static Exception Reason(Task task) => task.Exception?.InnerException ?? new TaskCanceledException(task);
}
