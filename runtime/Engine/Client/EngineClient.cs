using DurableTask.Core.Exceptions;
using Grpc.Core;
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
        var raised = new EventRaised(eventName, Converter.Serialize(eventPayload));
        return SendAsync("take an event", instanceId, raised, IsAlive, cancellation);
    }

    public override Task TerminateInstanceAsync(
        string instanceId,
        TerminateInstanceOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        var output = Converter.Serialize(options?.Output);
        var terminated = new Terminated(output, options?.Recursive ?? false);
        return SendAsync("be terminated", instanceId, terminated, IsAlive, cancellation);
    }

    public override Task SuspendInstanceAsync(
        string instanceId,
        string? reason = null,
        CancellationToken cancellation = default
    ) =>
        SendAsync(
            "be suspended",
            instanceId,
            new Suspended(reason),
            status => IsAlive(status) && status != OrchestrationRuntimeStatus.Suspended,
            cancellation
        );

    public override Task ResumeInstanceAsync(
        string instanceId,
        string? reason = null,
        CancellationToken cancellation = default
    ) =>
        SendAsync(
            "be resumed",
            instanceId,
            new Resumed(reason),
            status => status == OrchestrationRuntimeStatus.Suspended,
            cancellation
        );

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

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
                    // The instance may end by itself before the termination arrives, which is just as good.
                    await SendAsync(template.Id, new Terminated(null, Recursive: false), IsAlive, cancellation);
                    await WaitForInstanceCompletionAsync(template.Id, false, cancellation);
                    break;
            }
        }
    }

    private static bool IsAlive(OrchestrationRuntimeStatus status) => !status.HasEnded();

    /// <exception cref="RpcException">
    /// As the Functions host answers its client: NotFound where there is no instance by that id, FailedPrecondition where
    /// its status does not allow it.
    /// </exception>
    private async Task SendAsync(
        string what,
        string instanceId,
        Input input,
        Predicate<OrchestrationRuntimeStatus> takes,
        CancellationToken cancellation
    )
    {
        var result = await SendAsync(instanceId, input, takes, cancellation);
        var refusal = result.Outcome switch
        {
            SendOutcome.NotFound => new Status(StatusCode.NotFound, $"There is no orchestration '{instanceId}'."),
            SendOutcome.Refused => new Status(
                StatusCode.FailedPrecondition,
                $"The orchestration '{instanceId}' cannot {what}: it is {result.Status}."
            ),
            _ => Status.DefaultSuccess,
        };
        if (refusal.StatusCode != StatusCode.OK)
        {
            throw new RpcException(refusal);
        }
    }

    private Task<SendResult> SendAsync(
        string instanceId,
        Input input,
        Predicate<OrchestrationRuntimeStatus> takes,
        CancellationToken cancellation
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        var operation = new SendInput(Engine.Instances, instanceId, input, takes);
        Engine.Writer.Add(operation);
        return operation.Done;
    }
}
