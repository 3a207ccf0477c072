using System.Threading.Channels;

namespace Trainyard.Runtime.Tests.Triggers;

/// <summary>What functions under test were called with, in order; asked for with a deadline.</summary>
public sealed class Recorder<T>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly Channel<T> _calls = Channel.CreateUnbounded<T>();

    public int Count => _calls.Reader.Count;

    public void Add(T call) => _calls.Writer.TryWrite(call);

    public async Task<T> NextAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        return await _calls.Reader.ReadAsync(deadline.Token);
    }
}
