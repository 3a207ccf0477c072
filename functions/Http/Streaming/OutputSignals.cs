using System.Collections.Concurrent;
using Trainyard.Contracts;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>Wakes who waits for more of an output, where it comes through this process; elsewhere they look by themselves.</summary>
internal sealed class OutputSignals
{
    private const int MostWaitedFor = 10_000;

    private readonly ConcurrentDictionary<BlobName, TaskCompletionSource> _waiting = new();

    /// <summary>Ends when more of it comes after this call.</summary>
    public Task NextAsync(BlobName output)
    {
        if (_waiting.Count > MostWaitedFor)
        {
            // Outputs that ended meanwhile; those who really wait look once too often.
            foreach (var name in _waiting.Keys)
            {
                Tell(name);
            }
        }
        return _waiting
            .GetOrAdd(output, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
            .Task;
    }

    /// <summary>More of it came.</summary>
    public void Tell(BlobName output)
    {
        if (_waiting.TryRemove(output, out var waiting))
        {
            waiting.TrySetResult();
        }
    }
}
