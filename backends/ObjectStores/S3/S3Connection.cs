using Amazon.S3;
using Trainyard.Backends.ObjectStores.Answers;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Backends.ObjectStores.S3;

/// <summary>
/// A client for one store. If the store answers that the bucket is in another region, it is replaced by a client for
/// that region, which all later calls use.
/// </summary>
internal sealed class S3Connection(S3Clients clients, DataStoreReference store, StoreCredentials credentials)
    : IDisposable
{
    private AmazonS3Client _client = clients.Open(store, credentials, store.Region);
    private string? _region = store.Region;
    private S3Presigner? _presigner = S3Clients.PresignerOf(store, credentials, store.Region);

    /// <summary>Whether the owner of the credentials pays for the requests.</summary>
    public bool RequesterPays => store.RequesterPays;

    /// <summary>The signer of addresses; null if the SDK must sign.</summary>
    public S3Presigner? Presigner => _presigner;

    /// <summary>The time by the store's clock, as far as it is known.</summary>
    public DateTimeOffset StoreTime => clients.Clocks.TimeAt(store.Endpoint);

    /// <summary>Calls the store; failures become <see cref="ObjectStoreException"/>.</summary>
    public async Task<T> CallAsync<T>(
        string what,
        Func<AmazonS3Client, CancellationToken, Task<T>> work,
        CancellationToken cancellationToken,
        bool isContent = false
    )
    {
        try
        {
            return await TryAsync(what, work, isContent, cancellationToken);
        }
        catch (ObjectStoreException e) when (e.Failure == ObjectStoreFailure.WrongRegion && Follow(e.Region))
        {
            return await TryAsync(what, work, isContent, cancellationToken);
        }
    }

    public void Dispose() => _client.Dispose();

    private Task<T> TryAsync<T>(
        string what,
        Func<AmazonS3Client, CancellationToken, Task<T>> work,
        bool isContent,
        CancellationToken cancellationToken
    )
    {
        var current = _client;
        return StoreErrors.MapAsync(
            what,
            S3Errors.AnswerOf,
            token => WorkAsync(current, work, token),
            cancellationToken,
            isContent
        );
    }

    private async Task<T> WorkAsync<T>(
        AmazonS3Client client,
        Func<AmazonS3Client, CancellationToken, Task<T>> work,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await work(client, cancellationToken);
        }
        finally
        {
            clients.Clocks.Learn(store.Endpoint, StoreCall.Current?.Refusal);
        }
    }

    // The previous client is not disposed, because another call may be using it. It owns no connections.
    private bool Follow(string? named)
    {
        if (string.IsNullOrEmpty(named) || named == _region)
        {
            return false;
        }
        _region = named;
        _client = clients.Open(store, credentials, named);
        _presigner = S3Clients.PresignerOf(store, credentials, named);
        return true;
    }
}
