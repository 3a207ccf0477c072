namespace Trainyard.Chaos;

/// <summary>How long a campaign is and what decides its random choices.</summary>
internal sealed record CampaignOptions
{
    /// <summary>Decides which faults come, when, and which runs are submitted; not how the machine schedules them.</summary>
    public required int Seed { get; init; }

    /// <summary>The campaign ends after so many faults…</summary>
    public int Faults { get; init; } = int.MaxValue;

    /// <summary>…or after this time, whichever comes first.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Runs that are kept alive, queued ones included.</summary>
    public int LiveRuns { get; init; } = 50;

    /// <summary>The mean pause between two faults.</summary>
    public TimeSpan FaultEvery { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long after the last fault every run must have ended: a run that failed often waits five minutes.</summary>
    public TimeSpan SettlesWithin { get; init; } = TimeSpan.FromMinutes(8);

    /// <summary>Only faults whose name contains one of these words; all when empty.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Where the state and the logs are kept when something was wrong; nowhere when null.</summary>
    public string? Keep { get; init; }
}
