using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.Instances;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Client;

/// <summary>Keeps a new instance, unless its id is taken.</summary>
/// <param name="template">The instance, without its sequence number.</param>
/// <param name="refusedBy">The statuses of an existing instance that refuse the new one.</param>
internal sealed class CreateInstance(
    InstanceDirectory instances,
    InstanceRecord template,
    IReadOnlySet<OrchestrationRuntimeStatus> refusedBy
) : StoreOperation
{
    private readonly TaskCompletionSource<CreateResult> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CreateResult result = new(CreateOutcome.Created, default);
    private InstanceRecord? created;

    public Task<CreateResult> Done => done.Task;

    public override void Apply(StoreSession session)
    {
        (created, result) = (null, new CreateResult(CreateOutcome.Created, default));
        if (session.Find(template.Id) is { } existing)
        {
            if (refusedBy.Contains(existing.Status))
            {
                result = new CreateResult(CreateOutcome.Refused, existing.Status);
                return;
            }

            if (!existing.Status.HasEnded())
            {
                result = new CreateResult(CreateOutcome.MustEndFirst, existing.Status);
                return;
            }

            session.Erase(existing.Seq);
        }

        created = template with { Seq = session.NextSeq() };
        session.Insert(created);
    }

    public override void Committed()
    {
        if (created is not null)
        {
            if (created.StartAt is null)
            {
                instances.Begin(created);
            }
            else
            {
                instances.Schedule(created);
            }
        }

        done.TrySetResult(result);
    }

    public override void Failed(Exception exception) => done.TrySetException(exception);
}

internal enum CreateOutcome
{
    Created,
    Refused,
    MustEndFirst,
}

internal sealed record CreateResult(CreateOutcome Outcome, OrchestrationRuntimeStatus Existing);
