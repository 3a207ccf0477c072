namespace Trainyard.Runtime.Triggers.Settings;

/// <summary>Settings for watching folders.</summary>
internal sealed record BlobTriggerSettings
{
    /// <summary>A file counts as complete when its size and time have not changed for this long.</summary>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often a folder is scanned when the system reports no change.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The pause after the first failure; each further one is twice as long.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a function may fail on the same file; the real host's default.</summary>
    public int MaxAttempts { get; init; } = 5;

    public int MaxConcurrency { get; init; } = 4;
}
