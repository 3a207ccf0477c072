using System.Collections.Concurrent;

namespace Trainyard.Runtime.Engine.Instances;

/// <summary>
/// Counts an instance's consecutive failures without a step between, to decide when to load it again and when to give
/// up.
/// </summary>
internal sealed class InstanceFailures
{
    /// <summary>With the pauses between them this is a bit more than four minutes.</summary>
    public const int MostTries = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<long, int> _failures = [];

    /// <returns>How often it has failed now.</returns>
    public int Count(long seq) => _failures.AddOrUpdate(seq, 1, (_, count) => count + 1);

    public void Forget(long seq)
    {
        if (!_failures.IsEmpty)
        {
            _failures.TryRemove(seq, out _);
        }
    }

    public static TimeSpan PauseAfter(int count) =>
        count > MostTries ? LongestPause : FirstPause * (1 << Math.Max(0, count - 1));
}
