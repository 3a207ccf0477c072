using System.Net;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Trainyard.Agent.Files;
using Trainyard.Agent.Processes;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Verbs;

/// <summary>The files of one group, read into memory: what was hashed is what is sent.</summary>
internal sealed class GroupContent(byte[] buffer)
{
    private readonly List<GroupedFile> _files = [];
    private int _bytes;

    public IReadOnlyList<GroupedFile> Files => _files;

    public int Bytes => _bytes;

    /// <returns>False for a file that cannot be read, or changes meanwhile, or has become too long.</returns>
    public bool TryAdd(FoundFile file)
    {
        using var handle = RegularFile.TryOpen(file.Source);
        if (handle is null)
        {
            return false;
        }
        var look = FileLook.At(handle);
        if (look.Bytes > Math.Min(GroupUpload.MostBytesOfFile, FileGroup.MostBytes - _bytes))
        {
            return false;
        }
        var content = buffer.AsSpan(_bytes, (int)look.Bytes);
        if (!TryRead(handle, content) || FileLook.At(handle) != look)
        {
            return false;
        }
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        _files.Add(
            new GroupedFile
            {
                Path = file.Path,
                Bytes = look.Bytes,
                Sha256 = sha256,
            }
        );
        _bytes += content.Length;
        return true;
    }

    public HttpContent ToBody() => new GroupBody(FileGroup.Head(_files), buffer.AsMemory(0, _bytes));

    private static bool TryRead(SafeFileHandle handle, Span<byte> content)
    {
        for (var at = 0; at < content.Length; )
        {
            var read = RandomAccess.Read(handle, content[at..], at);
            if (read == 0)
            {
                return false;
            }
            at += read;
        }
        return true;
    }
}

internal sealed class GroupBody(byte[] head, ReadOnlyMemory<byte> contents) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        await stream.WriteAsync(head, cancellationToken);
        await stream.WriteAsync(contents, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = head.Length + contents.Length;
        return true;
    }
}
