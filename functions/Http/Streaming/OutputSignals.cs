using System.Collections.Concurrent;
using Trainyard.Contracts;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>
/// Wakes followers when output arrives through this process. Followers in other processes find it by polling.
/// </summary>
internal sealed class OutputSignals
{
    private const int MostWaitedFor = 10_000;

    private readonly ConcurrentDictionary<BlobName, TaskCompletionSource> _waiting = new();

    /// <summary>Completes when more of the output arrives after this call.</summary>
    public Task NextAsync(BlobName output)
    {
        if (_waiting.Count > MostWaitedFor)
        {
            // Most entries are of ended outputs. Waking all removes them; a real follower just looks once more.
            foreach (var name in _waiting.Keys)
            {
                Tell(name);
            }
        }
        return _waiting
            .GetOrAdd(output, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
            .Task;
    }

    /// <summary>Wakes the followers of an output.</summary>
    public void Tell(BlobName output)
    {
        if (_waiting.TryRemove(output, out var waiting))
        {
            waiting.TrySetResult();
        }
    }
}
