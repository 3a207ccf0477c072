using System.Collections.Concurrent;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// The upload addresses for the parts of one file. Addresses expire and come a hundred at a time, so they are requested
/// when they are needed.
/// </summary>
internal sealed class PartAddresses(AttemptClient client, string path, long bytes)
{
    private readonly ConcurrentDictionary<int, string> _known = new();
    private long _partBytes;

    public string Path => path;

    public long Bytes => bytes;

    /// <summary>Whether a part is sent with its MD5 as the ETag.</summary>
    public bool SendETag { get; private set; }

    /// <summary>Whether the store answers with an ETag of its own.</summary>
    public bool AnswersWithETags { get; private set; } = true;

    public int Parts => (int)((bytes + _partBytes - 1) / _partBytes);

    public (long From, long Bytes) RangeOf(int part)
    {
        var from = part * _partBytes;
        return (from, Math.Min(_partBytes, bytes - from));
    }

    /// <summary>Requests the addresses from this part on; false when the service has none.</summary>
    public async Task<bool> TryAskAsync(int part, CancellationToken cancellationToken)
    {
        var request = new BucketUploadRequest
        {
            Path = path,
            Bytes = bytes,
            FirstPart = part,
        };
        var call = client.Routes.UploadToBucket(request);
        var target = await client.TryOnceAsync<BucketUploadTarget>(call, cancellationToken);
        if (target is null)
        {
            return false;
        }
        if (target.PartBytes <= 0 || (_partBytes != 0 && _partBytes != target.PartBytes))
        {
            throw new BucketPartException("the service answers with parts of another size.");
        }
        (_partBytes, SendETag) = (target.PartBytes, target.SendETag);
        AnswersWithETags = target.AnswersWithETags;
        for (var i = 0; i < target.Addresses.Count; i++)
        {
            _known[part + i] = target.Addresses[i];
        }
        return true;
    }

    /// <exception cref="BucketPartException">The service has no more addresses.</exception>
    public async Task<string> GetAsync(int part, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(part, out var address))
        {
            return address;
        }
        return await TryAskAsync(part, cancellationToken) && _known.TryGetValue(part, out address)
            ? address
            : throw new BucketPartException("the service has no more addresses for it.");
    }

    /// <summary>Drops an address that the store refused.</summary>
    public void Forget(int part) => _known.TryRemove(part, out _);
}
