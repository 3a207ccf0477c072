using DurableTask.Core;
using DurableTask.Core.Exceptions;
using Trainyard.Runtime.Engine.History;

namespace Trainyard.Runtime.Engine.Execution;

/// <summary>The actions of the current step; in a replay, compared one by one with those in the history.</summary>
internal sealed class ActionLog
{
    private IReadOnlyList<OrchestratorAction>? expected;
    private List<OrchestratorAction> actions = [];

    public bool IsReplaying => expected is not null;

    public void Begin(IReadOnlyList<OrchestratorAction>? recorded)
    {
        expected = recorded;
        actions = [];
    }

    /// <exception cref="NonDeterministicOrchestrationException">The history has something else here.</exception>
    public void Add(OrchestratorAction action)
    {
        if (expected is not null)
        {
            var recorded = actions.Count < expected.Count ? expected[actions.Count] : null;
            if (recorded is null || !recorded.IsSameStep(action))
            {
                throw Differs(action.TaskId, recorded?.Description ?? "nothing", action.Description);
            }
        }

        actions.Add(action);
    }

    /// <exception cref="NonDeterministicOrchestrationException">The history goes on where the orchestrator stopped.</exception>
    public IReadOnlyList<OrchestratorAction> End()
    {
        if (expected is not null && actions.Count < expected.Count)
        {
            var missing = expected[actions.Count];
            throw Differs(missing.TaskId, missing.Description, "nothing");
        }

        return actions;
    }

    private static NonDeterministicOrchestrationException Differs(int step, string recorded, string now)
    {
        var exception = new NonDeterministicOrchestrationException(
            $"Non-deterministic orchestrator: at step #{step} its history has {recorded}, but the code now asks for {now}. "
                + "Orchestrator code must do the same at every replay; was it changed while this orchestration ran?"
        );
        // Without it the packages take the type of such an exception for unknown.
        exception.FailureDetails = new FailureDetails(exception);
        return exception;
    }
}
