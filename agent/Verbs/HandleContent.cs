using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Win32.SafeHandles;

namespace Trainyard.Agent.Verbs;

/// <summary>An open file as a request's body; it can be sent more than once and stays open.</summary>
internal sealed class HandleContent : HttpContent
{
    private const int PieceBytes = 128 * 1024;
    private readonly SafeFileHandle file;
    private readonly long bytes;

    public HandleContent(SafeFileHandle file, long bytes)
    {
        this.file = file;
        this.bytes = bytes;
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    public static async Task ReadAllAsync(
        SafeFileHandle file,
        Func<ReadOnlyMemory<byte>, ValueTask> take,
        CancellationToken cancellationToken
    )
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            long offset = 0;
            while (await RandomAccess.ReadAsync(file, buffer, offset, cancellationToken) is var read and > 0)
            {
                await take(buffer.AsMemory(0, read));
                offset += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    ) => ReadAllAsync(file, piece => stream.WriteAsync(piece, cancellationToken), cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = bytes;
        return true;
    }
}
