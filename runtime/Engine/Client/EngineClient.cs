using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Instances;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Client;

/// <summary>The client of the engine in this process.</summary>
internal sealed partial class EngineClient(DurableEngineService service) : DurableTaskClient("embedded")
{
    private static readonly HashSet<OrchestrationRuntimeStatus> NotEnded =
    [
        OrchestrationRuntimeStatus.Pending,
        OrchestrationRuntimeStatus.Running,
        OrchestrationRuntimeStatus.Suspended,
    ];

    private DurableEngine Engine => service.Engine;

    private DataConverter Converter => Engine.Services.Converter;

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName,
        object? input = null,
        StartOrchestrationOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        if (orchestratorName == default)
        {
            throw new ArgumentException("The name must not be empty.", nameof(orchestratorName));
        }

        var now = Engine.Now;
        var startAt = options?.StartAt?.UtcDateTime;
        var template = new InstanceRecord
        {
            Seq = 0,
            Id = options?.InstanceId ?? Guid.NewGuid().ToString("N"),
            Name = orchestratorName.Name,
            Version = options?.Version?.Version ?? string.Empty,
            CreatedAt = now,
            StartAt = startAt > now ? startAt : null,
            Tags = options?.Tags ?? new Dictionary<string, string>(),
            Input = Converter.Serialize(input),
        };
        await CreateAsync(template, Refusing(options?.DedupeStatuses), cancellation);
        return template.Id;
    }

    public override Task RaiseEventAsync(
        string instanceId,
        string eventName,
        object? eventPayload = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        return SendAsync(instanceId, new EventRaised(eventName, Converter.Serialize(eventPayload)), cancellation);
    }

    public override Task TerminateInstanceAsync(
        string instanceId,
        TerminateInstanceOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        var output = Converter.Serialize(options?.Output);
        return SendAsync(instanceId, new Terminated(output, options?.Recursive ?? false), cancellation);
    }

    public override Task SuspendInstanceAsync(
        string instanceId,
        string? reason = null,
        CancellationToken cancellation = default
    ) => SendAsync(instanceId, new Suspended(reason), cancellation);

    public override Task ResumeInstanceAsync(
        string instanceId,
        string? reason = null,
        CancellationToken cancellation = default
    ) => SendAsync(instanceId, new Resumed(reason), cancellation);

    public override async Task<string> RestartAsync(
        string instanceId,
        bool restartWithNewInstanceId = false,
        CancellationToken cancellation = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var original = Engine.Reader.Read(session => session.Record(instanceId)) ?? throw NotFound(instanceId);
        var restarted = original with
        {
            Id = restartWithNewInstanceId ? Guid.NewGuid().ToString("N") : instanceId,
            CreatedAt = Engine.Now,
            StartAt = null,
            Parent = null,
        };
        try
        {
            await CreateAsync(restarted, NotEnded, cancellation);
        }
        catch (OrchestrationAlreadyExistsException running)
        {
            throw new InvalidOperationException(
                $"The orchestration {instanceId} has not ended, so it cannot be restarted under its id.",
                running
            );
        }

        return restarted.Id;
    }

    public override async Task RewindInstanceAsync(
        string instanceId,
        string reason,
        CancellationToken cancellation = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        var operation = new RewindInstance(Engine.Instances, instanceId, Engine.Now);
        Engine.Writer.Add(operation);
        switch (await operation.Done)
        {
            case null:
                throw NotFound(instanceId);
            case not OrchestrationRuntimeStatus.Failed and var status:
                throw new InvalidOperationException(
                    $"Only failed orchestrations can be rewound; {instanceId} is {status}."
                );
        }
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ArgumentException NotFound(string instanceId) =>
        new($"An orchestration with the instanceId {instanceId} was not found.", nameof(instanceId));

    private static HashSet<OrchestrationRuntimeStatus> Refusing(IReadOnlyList<string>? statuses)
    {
        if (statuses is null)
        {
            return NotEnded;
        }

        var refusing = statuses.Select(ParseStatus).ToHashSet();
        if (refusing.Contains(OrchestrationRuntimeStatus.Terminated) && !NotEnded.IsSubsetOf(refusing))
        {
            throw new ArgumentException(
                "Dedupe statuses with 'Terminated' must have all of 'Pending', 'Running' and 'Suspended' too: a running "
                    + "orchestration is terminated before it is replaced, and would then refuse its replacement.",
                nameof(statuses)
            );
        }

        return refusing;
    }

    private static OrchestrationRuntimeStatus ParseStatus(string status) =>
        Enum.TryParse<OrchestrationRuntimeStatus>(status, ignoreCase: true, out var parsed)
            ? parsed
            : throw new ArgumentException(
                $"Invalid orchestration runtime status: '{status}' for deduplication.",
                nameof(status)
            );

    private async Task CreateAsync(
        InstanceRecord template,
        IReadOnlySet<OrchestrationRuntimeStatus> refusedBy,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var operation = new CreateInstance(Engine.Instances, template, refusedBy);
            Engine.Writer.Add(operation);
            var result = await operation.Done;
            switch (result.Outcome)
            {
                case CreateOutcome.Created:
                    return;
                case CreateOutcome.Refused:
                    throw new OrchestrationAlreadyExistsException(
                        $"An orchestration with id '{template.Id}' already exists. It's in the {result.Existing} state."
                    );
                default:
                    await TerminateInstanceAsync(template.Id, (TerminateInstanceOptions?)null, cancellation);
                    await WaitForInstanceCompletionAsync(template.Id, false, cancellation);
                    break;
            }
        }
    }

    private Task SendAsync(string instanceId, Input input, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        var operation = new SendInput(Engine.Instances, instanceId, input);
        Engine.Writer.Add(operation);
        return operation.Done;
    }
}
