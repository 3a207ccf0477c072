using Microsoft.DurableTask.Client;
using Trainyard.Runtime.Engine.Instances;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine.Client;

/// <summary>Stores a new instance, unless its id is taken.</summary>
/// <param name="template">The instance, without its sequence number.</param>
/// <param name="refusedBy">The statuses of an existing instance that refuse the new one.</param>
internal sealed class CreateInstance(
    InstanceDirectory instances,
    InstanceRecord template,
    IReadOnlySet<OrchestrationRuntimeStatus> refusedBy
) : StoreOperation
{
    private readonly TaskCompletionSource<CreateResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CreateResult _result = new(CreateOutcome.Created, default);
    private InstanceRecord? _created;

    public Task<CreateResult> Done => _done.Task;

    public override void Apply(StoreSession session)
    {
        (_created, _result) = (null, new CreateResult(CreateOutcome.Created, default));
        if (session.Find(template.Id) is { } existing)
        {
            if (refusedBy.Contains(existing.Status))
            {
                _result = new CreateResult(CreateOutcome.Refused, existing.Status);
                return;
            }

            if (!existing.Status.HasEnded())
            {
                _result = new CreateResult(CreateOutcome.MustEndFirst, existing.Status);
                return;
            }

            session.Erase(existing.Seq);
        }

        _created = template with { Seq = session.NextSeq() };
        session.Insert(_created);
    }

    public override void Committed()
    {
        if (_created is not null)
        {
            if (_created.StartAt is null)
            {
                instances.Begin(_created);
            }
            else
            {
                instances.Schedule(_created);
            }
        }

        _done.TrySetResult(_result);
    }

    public override void Failed(Exception exception) => _done.TrySetException(exception);
}

internal enum CreateOutcome
{
    Created,
    Refused,
    MustEndFirst,
}

internal sealed record CreateResult(CreateOutcome Outcome, OrchestrationRuntimeStatus Existing);
