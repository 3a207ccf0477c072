using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Execution;

/// <summary>The context of one execution: turns calls into actions, and answers to them into completed tasks.</summary>
internal sealed partial class OrchestrationContext(
    InstanceRecord instance,
    int generation,
    ExecutionServices services,
    TurnSynchronizationContext turns
) : TaskOrchestrationContext
{
    private readonly ActionLog _log = new();
    private readonly Dictionary<int, OpenTask> _open = [];
    private readonly PriorityQueue<int, DateTime> _timers = new();
    private readonly EventWaiters _events = new(services.Converter);
    private DateTime _now;
    private int _nextTaskId;
    private int _guids;

    public override TaskName Name { get; } = new(instance.Name);

    public override string InstanceId => instance.Id;

    public override string Version => instance.Version;

    public override ParentOrchestrationInstance? Parent { get; } =
        instance.Parent is { } parent ? new ParentOrchestrationInstance(parent.Name, parent.Id) : null;

    public override DateTime CurrentUtcDateTime => _now;

    public override bool IsReplaying => _log.IsReplaying;

    /// <summary>The violation that the orchestrator must not be able to catch; null when there is none.</summary>
    public Exception? Fault { get; private set; }

    public (string? Input, bool KeepEvents)? NextGeneration { get; private set; }

    public string? CustomStatus { get; private set; }

    /// <summary>Deserialized once, when the orchestrator starts.</summary>
    public object? Input { get; set; }

    protected override ILoggerFactory LoggerFactory => services.LoggerFactory;

    public override T? GetInput<T>()
        where T : default => Input is T typed ? typed : services.Converter.Deserialize<T>(instance.Input);

    public override async Task<TResult> CallActivityAsync<TResult>(
        TaskName name,
        object? input = null,
        TaskOptions? options = null
    )
    {
        if (input is TaskOptions && options is null)
        {
            throw new ArgumentException(
                $"A {nameof(TaskOptions)} value was given as the activity's input; name the argument: 'options: …'.",
                nameof(input)
            );
        }

        var payload = services.Converter.Serialize(input);
        var answer = await Retrying.RunAsync(
            this,
            options?.Retry,
            () => Ask(name, id => new ActivityScheduled(id, name, payload))
        );
        return services.Converter.Deserialize<TResult>(answer)!;
    }

    public override async Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName,
        object? input = null,
        TaskOptions? options = null
    )
    {
        var own = options as SubOrchestrationOptions;
        var childId = own?.InstanceId ?? NewGuid().ToString("N");
        var payload = services.Converter.Serialize(input);
        var version = own?.Version?.Version ?? string.Empty;
        var tags = options?.Tags?.ToDictionary() ?? [];
        var answer = await Retrying.RunAsync(
            this,
            options?.Retry,
            () => Ask(orchestratorName, id => new ChildStarted(id, orchestratorName, childId, payload, version, tags))
        );
        return services.Converter.Deserialize<TResult>(answer)!;
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        var task = Open(id => new TimerCreated(id, fireAt.ToUniversalTime()));
        _timers.Enqueue(task.Action.TaskId, ((TimerCreated)task.Action).DueAt);
        cancellationToken.Register(() =>
        {
            _open.Remove(task.Action.TaskId);
            task.Cancel(cancellationToken);
        });
        return task.Answer;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        ThrowIfOffTurn();
        return _events.Wait<T>(eventName, cancellationToken);
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        var text = services.Converter.Serialize(payload);
        Log(id => new EventSent(id, instanceId, eventName, text));
    }

    public override void SetCustomStatus(object? customStatus)
    {
        ThrowIfOffTurn();
        CustomStatus = services.Converter.Serialize(customStatus);
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
    {
        ThrowIfOffTurn();
        NextGeneration = (services.Converter.Serialize(newInput), preserveUnprocessedEvents);
    }

    public override Guid NewGuid()
    {
        ThrowIfOffTurn();
        return DeterministicGuid.Create(InstanceId, _now, _guids++);
    }
}
