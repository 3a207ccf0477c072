using System.Collections.Concurrent;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Tests.Service;

/// <summary>Where the learners of one run wait for each other.</summary>
internal sealed class FakeRendezvous(int learners)
{
    private readonly ConcurrentDictionary<int, LearnerPlace> _places = new();
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Who has come.</summary>
    public ICollection<int> Ready => _places.Keys;

    /// <summary>How long one question waits for its answer.</summary>
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>A learner of a node that the test does not have.</summary>
    public void Come(int learner, string address) =>
        _places[learner] = new LearnerPlace(learner, $"node-{learner}", address, 20_000 + learner);

    public async Task<RendezvousAnswer?> MeetAsync(int learner, RendezvousRequest request)
    {
        _places[learner] = new LearnerPlace(learner, $"node-{learner}", request.Address, request.Port);
        if (_places.Count == learners)
        {
            _all.TrySetResult();
        }
        await _all.Task.WaitAsync(Wait).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _all.Task.IsCompleted ? new RendezvousAnswer { Learners = [.. _places.Values] } : null;
    }
}
