using System.Collections.Concurrent;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Verbs;

/// <summary>Where the parts of one file go. Addresses expire, and come a hundred at a time: they are asked for as they are needed.</summary>
internal sealed class PartAddresses(AttemptClient client, string path, long bytes)
{
    private readonly ConcurrentDictionary<int, string> _known = new();
    private long _partBytes;

    public string Path => path;

    public long Bytes => bytes;

    /// <summary>Whether a part's MD5 goes with it as its tag.</summary>
    public bool SendETag { get; private set; }

    /// <summary>Whether the store answers with a tag of its own.</summary>
    public bool AnswersWithETags { get; private set; } = true;

    public int Parts => (int)((bytes + _partBytes - 1) / _partBytes);

    public (long From, long Bytes) RangeOf(int part)
    {
        var from = part * _partBytes;
        return (from, Math.Min(_partBytes, bytes - from));
    }

    /// <summary>Asks for the addresses from a part on; false when the service has none.</summary>
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

    /// <exception cref="BucketPartException">The service has none any more.</exception>
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

    /// <summary>An address that was refused is not used again.</summary>
    public void Forget(int part) => _known.TryRemove(part, out _);
}
