using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Win32.SafeHandles;
using Trainyard.Agent.Files;

namespace Trainyard.Agent.Service;

/// <summary>
/// An open file, or a piece of it, as the body of a request. It can be sent more than once, and the file stays open.
/// </summary>
internal sealed class FileHandleContent : HttpContent
{
    private const int PieceBytes = 128 * 1024;

    // A receiver that takes no bytes for this time counts as gone.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    // The time after the last byte in which a receiver with a slow disk may store the bytes.
    private static readonly TimeSpan ShortestAnswer = TimeSpan.FromMinutes(2);
    private const double SlowestDisk = 50_000_000;

    private readonly SafeFileHandle _file;
    private readonly long _from;
    private readonly long _bytes;

    public FileHandleContent(SafeFileHandle file, long from, long bytes)
    {
        _file = file;
        _from = from;
        _bytes = bytes;
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    /// <summary>Called when the last byte was written.</summary>
    public Action Sent { get; set; } = () => { };

    /// <summary>The time that the answer may take after the last byte.</summary>
    public static TimeSpan TimeToAnswer(FileHandleContent content) =>
        ShortestAnswer + TimeSpan.FromSeconds(content._bytes / SlowestDisk);

    /// <summary>Reads this many bytes of a file, even if the file grows.</summary>
    public static async Task ReadAsync(
        SafeFileHandle file,
        long from,
        long bytes,
        Func<ReadOnlyMemory<byte>, ValueTask> take,
        CancellationToken cancellationToken
    )
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            long offset = 0;
            while (offset < bytes)
            {
                var piece = buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes - offset));
                var read = await RandomAccess.ReadAsync(file, piece, from + offset, cancellationToken);
                if (read == 0)
                {
                    throw new FileChangedException("A file to be staged became shorter.");
                }
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

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await ReadAsync(_file, _from, _bytes, WriteAsync, cancellationToken);
        Sent();

        async ValueTask WriteAsync(ReadOnlyMemory<byte> piece)
        {
            quiet.CancelAfter(Silence);
            try
            {
                await stream.WriteAsync(piece, quiet.Token);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new IOException($"Nothing was taken for {Silence.TotalSeconds:0} seconds.", e);
            }
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _bytes;
        return true;
    }
}
