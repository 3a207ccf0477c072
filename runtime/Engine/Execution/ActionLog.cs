using DurableTask.Core;
using DurableTask.Core.Exceptions;
using Trainyard.Runtime.Engine.History;

namespace Trainyard.Runtime.Engine.Execution;

/// <summary>The actions of the current step; in a replay, compared one by one with those in the history.</summary>
internal sealed class ActionLog
{
    private IReadOnlyList<OrchestratorAction>? _expected;
    private List<OrchestratorAction> _actions = [];

    public bool IsReplaying => _expected is not null;

    public void Begin(IReadOnlyList<OrchestratorAction>? recorded)
    {
        _expected = recorded;
        _actions = [];
    }

    /// <exception cref="NonDeterministicOrchestrationException">The history has something else here.</exception>
    public void Add(OrchestratorAction action)
    {
        if (_expected is not null)
        {
            var recorded = _actions.Count < _expected.Count ? _expected[_actions.Count] : null;
            if (recorded is null || !recorded.IsSameStep(action))
            {
                throw Differs(action.TaskId, recorded?.Description ?? "nothing", action.Description);
            }
        }

        _actions.Add(action);
    }

    /// <exception cref="NonDeterministicOrchestrationException">The history goes on where the orchestrator stopped.</exception>
    public IReadOnlyList<OrchestratorAction> End()
    {
        if (_expected is not null && _actions.Count < _expected.Count)
        {
            var missing = _expected[_actions.Count];
            throw Differs(missing.TaskId, missing.Description, "nothing");
        }

        return _actions;
    }

    private static NonDeterministicOrchestrationException Differs(int step, string recorded, string now)
    {
        var exception = new NonDeterministicOrchestrationException(
            $"Non-deterministic orchestrator: at step #{step} its history has {recorded}, but the code now asks for {now}. "
                + "Orchestrator code must do the same at every replay; was it changed while this orchestration ran?"
        );
        // Without FailureDetails the packages treat the type of this exception as unknown.
        exception.FailureDetails = new FailureDetails(exception);
        return exception;
    }
}
