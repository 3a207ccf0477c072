using System.Collections.Concurrent;

namespace Trainyard.Backends.Dispatch;

/// <summary>
/// The latest long poll of each node. A node asks once at a time, so an earlier poll that still waits is one whose
/// connection broke: it must not take a run that nobody would hear of.
/// </summary>
internal sealed class NodePolls
{
    private readonly ConcurrentDictionary<string, long> latest = new();
    private long last;

    public long Begin(string node) => latest[node] = Interlocked.Increment(ref last);

    public bool IsLatest(string node, long poll) => latest.GetValueOrDefault(node) == poll;
}
