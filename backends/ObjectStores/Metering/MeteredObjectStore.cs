using System.Text.Json;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Metering;

/// <summary>Wraps a store and counts its requests and bytes.</summary>
/// <param name="inner">The store.</param>
/// <param name="type">The name of the store's type.</param>
internal sealed class MeteredObjectStore(IObjectStore inner, string type) : IObjectStore
{
    public Task ProbeAsync(string bucket, CancellationToken cancellationToken) =>
        CountAsync(
            "probe",
            async () =>
            {
                await inner.ProbeAsync(bucket, cancellationToken);
                return true;
            }
        );

    public Task<ObjectPage> ListAsync(
        string bucket,
        string prefix,
        string? continuation,
        int limit,
        CancellationToken cancellationToken
    ) => CountAsync("list", () => inner.ListAsync(bucket, prefix, continuation, limit, cancellationToken));

    public async Task<Stream> OpenReadAsync(
        string bucket,
        string key,
        long offset,
        long? length,
        CancellationToken cancellationToken
    )
    {
        var content = await CountAsync(
            "read",
            () => inner.OpenReadAsync(bucket, key, offset, length, cancellationToken)
        );
        return new CountedStream(content, bytes => CountBytes(bytes, "read"));
    }

    // Not counted: addresses are signed locally, and reads by them bypass the service.
    public Task<Uri?> PresignReadAsync(
        string bucket,
        string key,
        TimeSpan expiry,
        CancellationToken cancellationToken
    ) => inner.PresignReadAsync(bucket, key, expiry, cancellationToken);

    public Task<ObjectUpload> BeginUploadAsync(
        string bucket,
        string key,
        long size,
        CancellationToken cancellationToken
    ) => CountAsync("begin", () => inner.BeginUploadAsync(bucket, key, size, cancellationToken));

    public async Task<PartReceipt> WritePartAsync(
        ObjectUpload upload,
        int part,
        Stream content,
        long length,
        CancellationToken cancellationToken
    )
    {
        var receipt = await CountAsync(
            "write",
            () => inner.WritePartAsync(upload, part, content, length, cancellationToken)
        );
        CountBytes(length, "written");
        return receipt;
    }

    public IPresignedUploads? PresignedUploads => inner.PresignedUploads;

    public Task<StoredObject?> CompleteUploadAsync(
        ObjectUpload upload,
        IReadOnlyList<PartReceipt>? receipts,
        CancellationToken cancellationToken
    ) => CountAsync("complete", () => inner.CompleteUploadAsync(upload, receipts, cancellationToken));

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task<T> CountAsync<T>(string operation, Func<Task<T>> ask)
    {
        var failure = "";
        try
        {
            return await ask();
        }
        catch (ObjectStoreException e)
        {
            failure = JsonNamingPolicy.SnakeCaseLower.ConvertName(e.Failure.ToString());
            throw;
        }
        catch (OperationCanceledException)
        {
            failure = "canceled";
            throw;
        }
        catch (Exception)
        {
            failure = "other";
            throw;
        }
        finally
        {
            StoreMeters.Requests.Add(1, new("type", type), new("operation", operation), new("failure", failure));
        }
    }

    private void CountBytes(long bytes, string direction) =>
        StoreMeters.Bytes.Add(bytes, new("type", type), new KeyValuePair<string, object?>("direction", direction));
}
