using Trainyard.Cli.Failures;
using Trainyard.Contracts.Streams;

namespace Trainyard.Cli.Following;

/// <summary>
/// The body of an event stream. Treats a connection without any sign of life as broken, and refuses events that are
/// too large for memory.
/// </summary>
internal sealed class EventBody(Stream body, TimeSpan longestSilence) : ReadOnlyStream
{
    // The service sends at most 64 KiB of a log in one event.
    private const int LargestEvent = 16 * 1024 * 1024;
    private int _bytesOfEvent;
    private byte _last;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(longestSilence);
        try
        {
            var read = await body.ReadAsync(buffer, silence.Token);
            Count(buffer.Span[..read]);
            return read;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"Nothing came for {longestSilence}.", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
        }
        base.Dispose(disposing);
    }

    // An event ends with an empty line.
    private void Count(ReadOnlySpan<byte> bytes)
    {
        foreach (var next in bytes)
        {
            _bytesOfEvent = next == '\n' && _last == '\n' ? 0 : _bytesOfEvent + 1;
            _last = next == '\r' ? _last : next;
        }
        if (_bytesOfEvent > LargestEvent)
        {
            throw new CliFailure(
                ExitCode.ServiceError,
                "answer_too_large",
                $"The service sent an event of more than {LargestEvent} bytes: check that ML_ENV names a training service."
            );
        }
    }
}
