namespace Trainyard.Chaos.Sharing;

/// <summary>What happens in a <see cref="SharingStory"/>.</summary>
internal sealed record SharingPlan
{
    /// <summary>Of all owners together.</summary>
    public required int Runs { get; init; }

    /// <summary>How long their commands take.</summary>
    public required (int Least, int Most) Seconds { get; init; }

    /// <summary>With all faults and a look at the shares, which mean something from some hundred runs on.</summary>
    public required bool IsWhole { get; init; }

    public required TimeSpan EndsWithin { get; init; }

    /// <summary>Decides the order of the runs, their lengths and which are urgent.</summary>
    public required int Seed { get; init; }

    /// <summary>
    /// The scheduler counts 15 seconds of a GPU before they are used, and one run more or less is one: so shares hold to some
    /// ten GPU seconds, and all runs together take some thousand.
    /// </summary>
    public static SharingPlan Whole(int runs, int seed) =>
        new()
        {
            Runs = runs,
            Seconds = (4, 12),
            IsWhole = true,
            EndsWithin = TimeSpan.FromMinutes(20),
            Seed = seed,
        };

    public static SharingPlan Short(int seed) =>
        new()
        {
            Runs = 20,
            Seconds = (1, 2),
            IsWhole = false,
            EndsWithin = TimeSpan.FromMinutes(3),
            Seed = seed,
        };
}
