namespace Trainyard.Contracts.Agents;

/// <summary>
/// A learner of a run on several nodes is ready to start its command, and tells the others where it is reached.
/// Repeatable: a later request replaces the learner's place.
/// </summary>
public sealed record RendezvousRequest
{
    /// <summary>An IP address of the learner's node that the other nodes reach.</summary>
    public required string Address { get; init; }

    /// <summary>A port that is free on the node, 1 to 65535; the first learner's is where all meet.</summary>
    public required int Port { get; init; }

    /// <summary>The longest wait for the other learners in seconds, 0 to 30.</summary>
    public double WaitSeconds { get; init; } = 30;
}

/// <summary>The places of all learners of an attempt, in the order of their numbers.</summary>
public sealed record RendezvousAnswer
{
    public required IReadOnlyList<LearnerPlace> Learners { get; init; }
}

/// <summary>Where a learner of an attempt is reached.</summary>
/// <param name="Learner">Its number, from 1.</param>
/// <param name="Node">The name of its node.</param>
/// <param name="Address">An IP address of its node.</param>
/// <param name="Port">A port that was free there.</param>
public sealed record LearnerPlace(int Learner, string Node, string Address, int Port);
