using Microsoft.DurableTask;
using Trainyard.Contracts.Runs;
using Trainyard.Orchestrations.Activities;

namespace Trainyard.Orchestrations;

/// <summary>
/// Sends the states that the owner asked for to the webhook, concurrently with the run: a webhook that is down neither
/// delays nor fails the run.
/// </summary>
internal sealed class RunNotices(
    TaskOrchestrationContext context,
    RunId id,
    IReadOnlyList<string> on,
    IEnumerable<RunState> told
)
{
    private readonly List<Task> _underWay = [];
    private readonly HashSet<RunState> _told = [.. told];

    public RunNotices(TaskOrchestrationContext context, TrainingRunRequest request)
        : this(context, request.RunId, request.NotifyOn, []) { }

    /// <summary>Whether the owner asked for any notices.</summary>
    public bool AreWanted => on.Count > 0;

    /// <summary>Whether each notice was delivered or given up.</summary>
    public bool AreSettled => _underWay.TrueForAll(notice => notice.IsCompleted);

    /// <summary>The states of which notices were sent.</summary>
    public IEnumerable<RunState> Told => _told.Order();

    /// <summary>Sends a notice of a state, once.</summary>
    public void Tell(RunState state)
    {
        var name = NameOf(state);
        if (!on.Contains(name) || !_told.Add(state))
        {
            return;
        }
        var notice = new NotifyOwnerRequest { RunId = id, State = name };
        _underWay.Add(context.CallActivityAsync(nameof(NotifyOwner), notice, RetryPolicies.Notices));
    }

    /// <summary>Waits until each notice was delivered or given up.</summary>
    public async Task SettleAsync()
    {
        foreach (var notice in _underWay)
        {
            try
            {
                await notice;
            }
            catch (TaskFailedException)
            {
                // All retries failed; the outcome of the run does not depend on notices.
            }
        }
    }

    private static string NameOf(RunState state) =>
        state switch
        {
            RunState.Pending => "pending",
            RunState.Running => "running",
            RunState.Completed => "completed",
            RunState.Error => "error",
            RunState.Canceled => "canceled",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Unknown state."),
        };
}
