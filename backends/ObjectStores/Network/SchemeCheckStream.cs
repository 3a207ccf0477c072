using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Network;

/// <summary>Checks the first byte from a server, to report TLS where http is expected, or http where TLS is.</summary>
internal sealed class SchemeCheckStream(Stream inner, string host, bool isHttps) : Stream
{
    // The types of TLS records that a server can send first.
    private const byte TlsAlert = 21;
    private const byte TlsHandshake = 22;

    private bool _isChecked;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _isChecked ? inner.ReadAsync(buffer, cancellationToken) : ReadFirstAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }
        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadFirstAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        if (read > 0)
        {
            _isChecked = true;
            Check(buffer.Span[0]);
        }
        return read;
    }

    private void Check(byte first)
    {
        var isTls = first is TlsAlert or TlsHandshake;
        if (isHttps && !isTls)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.NotHttps,
                $"The store at '{host}' does not speak https on that port: use http://, or the port for https."
            );
        }
        if (!isHttps && isTls)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.NeedsHttps,
                $"The store at '{host}' speaks https on that port: use https://."
            );
        }
    }
}
