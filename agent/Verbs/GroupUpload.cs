using System.Buffers;
using System.Net;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Stages small files several in one request, where the service takes them so: requests, not bytes, are what small files cost. A file
/// that this is not good for is left to be staged by itself, which also tells what is wrong with it.
/// </summary>
internal sealed class GroupUpload(AttemptClient client)
{
    /// <summary>The largest file that goes into a group.</summary>
    internal const long MostBytesOfFile = 128 * 1024;

    // A service that refuses groups again and again is not asked for ever.
    private const int MostRefusals = 3;

    private volatile string? _url;
    private int _refusals;

    /// <summary>Whether the service takes groups, as far as it is known.</summary>
    public bool IsOffered => _url is not null;

    public static bool IsSmall(FoundFile file) => file.Bytes <= MostBytesOfFile;

    /// <summary>Puts neighbours together, in order; each list is a group or a single file.</summary>
    public static IEnumerable<IReadOnlyList<FoundFile>> Group(IEnumerable<FoundFile> files)
    {
        var group = new List<FoundFile>();
        long bytes = 0;
        foreach (var file in files)
        {
            if (!IsSmall(file))
            {
                yield return [file];
                continue;
            }
            if (group.Count == FileGroup.MostFiles || bytes + file.Bytes > FileGroup.MostBytes)
            {
                yield return group;
                (group, bytes) = ([], 0);
            }
            group.Add(file);
            bytes += file.Bytes;
        }
        if (group.Count > 0)
        {
            yield return group;
        }
    }

    /// <summary>Remembers whether the service takes groups: the answer for a file's address says so.</summary>
    public void Learn(UploadTarget target)
    {
        if (Volatile.Read(ref _refusals) < MostRefusals)
        {
            _url = target.GroupUrl;
        }
    }

    /// <returns>The files that are not staged, and the bytes of those that are.</returns>
    public async Task<(IReadOnlyList<FoundFile> Left, long StagedBytes)> RunAsync(
        IReadOnlyList<FoundFile> files,
        CancellationToken cancellationToken
    )
    {
        if (_url is not { } url)
        {
            return (files, 0);
        }
        var buffer = ArrayPool<byte>.Shared.Rent(FileGroup.MostBytes);
        try
        {
            var group = new GroupContent(buffer);
            var left = files.Where(file => !group.TryAdd(file)).ToList();
            if (group.Files.Count == 0)
            {
                return (files, 0);
            }
            return await TrySendAsync(url, group, cancellationToken) ? (left, group.Bytes) : (files, 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<bool> TrySendAsync(string url, GroupContent group, CancellationToken cancellationToken)
    {
        var call = client.Routes.Given(HttpMethod.Put, url) with
        {
            Content = group.ToBody,
            Timeout = StoreUpload.TimeFor(group.Bytes),
        };
        try
        {
            await client.DeliverAsync<object>(call, cancellationToken);
            return true;
        }
        catch (ServiceRefusedException e) when (e.Status is not HttpStatusCode.Unauthorized)
        {
            if (Interlocked.Increment(ref _refusals) >= MostRefusals)
            {
                _url = null;
            }
            return false;
        }
    }
}
