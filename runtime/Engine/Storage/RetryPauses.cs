namespace Trainyard.Runtime.Engine.Storage;

/// <summary>Pauses between tries: each twice the one before, up to the longest.</summary>
internal sealed class RetryPauses
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private TimeSpan _next = TimeSpan.FromMilliseconds(100);

    public TimeSpan Next()
    {
        var pause = _next;
        _next = pause * 2 < Longest ? pause * 2 : Longest;
        return pause;
    }
}
