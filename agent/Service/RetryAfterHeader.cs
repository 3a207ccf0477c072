namespace Trainyard.Agent.Service;

/// <summary>Reads the pause that an answer asks for with <c>Retry-After</c>, in seconds or as a date.</summary>
internal static class RetryAfterHeader
{
    /// <summary>The longest pause after one answer, whatever the answer asks for.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <returns>At most <see cref="Longest"/>; null when the answer asks for no pause.</returns>
    public static TimeSpan? Of(HttpResponseMessage? answer, TimeProvider time)
    {
        var asked = answer?.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - time.GetUtcNow() : null;
        return asked is { } pause && pause > TimeSpan.Zero ? Shorter(pause, Longest) : null;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
