namespace Trainyard.Agent.Service;

/// <summary>What an answer's <c>Retry-After</c> asks for, in seconds or as a date.</summary>
internal static class AskedPause
{
    /// <summary>Nobody waits longer for one answer, whatever it asks for.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <returns>At most <see cref="Longest"/>; null where it asks for none.</returns>
    public static TimeSpan? Of(HttpResponseMessage? answer, TimeProvider time)
    {
        var asked = answer?.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - time.GetUtcNow() : null;
        return asked is { } pause && pause > TimeSpan.Zero ? Shorter(pause, Longest) : null;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
