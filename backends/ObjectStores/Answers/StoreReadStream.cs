using Trainyard.Contracts.Streams;

namespace Trainyard.Backends.ObjectStores.Answers;

/// <summary>Streams an object's content. Errors and stalls while reading become failures of the store.</summary>
internal sealed class StoreReadStream(Stream content, IDisposable owner, string what) : ReadOnlyStream
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(LongestSilence);
        try
        {
            return await content.ReadAsync(buffer, silence.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && StoreErrors.IsOfNetwork(e))
        {
            throw StoreErrors.WhileReading(e, what);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            owner.Dispose();
        }
        base.Dispose(disposing);
    }
}
