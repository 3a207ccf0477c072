namespace Trainyard.Cli.Hosting;

/// <summary>The waiting times of a follower after it lost the service.</summary>
internal sealed record ReconnectPolicy
{
    /// <summary>0.25 s, 0.5 s, 1 s, 2 s, 4 s, then every 5 s, for ten minutes: a restart takes seconds, a repair minutes.</summary>
    public static ReconnectPolicy Default { get; } =
        new()
        {
            FirstWait = TimeSpan.FromSeconds(0.25),
            LongestWait = TimeSpan.FromSeconds(5),
            GiveUpAfter = TimeSpan.FromMinutes(10),
            LongestSilence = TimeSpan.FromSeconds(90),
        };

    public required TimeSpan FirstWait { get; init; }

    public required TimeSpan LongestWait { get; init; }

    /// <summary>Measured from the last sign of life.</summary>
    public required TimeSpan GiveUpAfter { get; init; }

    /// <summary>On an open stream: the service gives a sign of life every 15 seconds.</summary>
    public required TimeSpan LongestSilence { get; init; }

    public TimeSpan WaitBefore(int attempt)
    {
        var factor = Math.Pow(2, Math.Min(attempt, 30));
        return FirstWait * factor is var wait && wait < LongestWait ? wait : LongestWait;
    }
}
