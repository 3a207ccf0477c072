using System.Buffers.Binary;
using System.Text.Json;

namespace Trainyard.Contracts.Agents;

/// <summary>A file of a group.</summary>
public sealed record GroupedFile
{
    /// <summary>Relative to the run's folder in the results bucket.</summary>
    public required string Path { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Lower-case hex.</summary>
    public required string Sha256 { get; init; }
}

/// <summary>
/// Several small files as one body: the length of their list in four bytes, big-endian; the list, in JSON; their contents, one behind
/// the other.
/// </summary>
public static class FileGroup
{
    /// <summary>The most files of a group.</summary>
    public const int MostFiles = 256;

    /// <summary>The most bytes of all contents together.</summary>
    public const int MostBytes = 1 << 20;

    /// <summary>The most bytes of the list: enough for the longest paths, every character of them escaped.</summary>
    public const int MostListBytes = 2 << 20;

    /// <summary>What stands before the contents.</summary>
    public static byte[] Head(IReadOnlyList<GroupedFile> files)
    {
        var list = JsonSerializer.SerializeToUtf8Bytes(files, WireJson.Options);
        var head = new byte[sizeof(int) + list.Length];
        BinaryPrimitives.WriteInt32BigEndian(head, list.Length);
        list.CopyTo(head, sizeof(int));
        return head;
    }

    /// <summary>Reads the list; the contents follow.</summary>
    /// <exception cref="JsonException">It is no group, or one beyond the limits.</exception>
    public static async Task<IReadOnlyList<GroupedFile>> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        try
        {
            var length = new byte[sizeof(int)];
            await body.ReadExactlyAsync(length, cancellationToken);
            var bytes = BinaryPrimitives.ReadInt32BigEndian(length);
            if (bytes is <= 0 or > MostListBytes)
            {
                throw new JsonException($"The list of a group takes 1 to {MostListBytes} bytes.");
            }
            var list = new byte[bytes];
            await body.ReadExactlyAsync(list, cancellationToken);
            return Checked(JsonSerializer.Deserialize<List<GroupedFile>>(list, WireJson.Options));
        }
        catch (EndOfStreamException e)
        {
            throw new JsonException("The list of a group ended early.", e);
        }
    }

    private static List<GroupedFile> Checked(List<GroupedFile>? files)
    {
        var isGroup =
            files is { Count: > 0 and <= MostFiles }
            && files.TrueForAll(file => file is { Path: not null, Sha256: not null, Bytes: >= 0 and <= MostBytes })
            && files.Sum(file => file.Bytes) <= MostBytes;
        return isGroup
            ? files!
            : throw new JsonException($"A group is 1 to {MostFiles} files of at most {MostBytes} bytes together.");
    }
}
