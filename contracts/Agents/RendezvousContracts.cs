namespace Trainyard.Contracts.Agents;

/// <summary>A learner is ready to start its command.</summary>
public sealed record RendezvousRequest
{
    /// <summary>The longest address.</summary>
    public const int LongestAddress = 255;

    /// <summary>
    /// Where the other learners reach it: <c>host:port</c>, an IPv6 host in brackets. The port is the one that it keeps
    /// free for the run.
    /// </summary>
    public required string Address { get; init; }
}

/// <summary>All learners of an attempt are ready.</summary>
public sealed record RendezvousAnswer
{
    /// <summary>The address of each learner, in the order of their numbers.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }
}
