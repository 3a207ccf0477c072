using System.Text.Json;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Metering;

/// <summary>
/// Wraps a store and counts its requests and bytes. Presigned addresses are not counted: they are signed here, and what
/// they move bypasses the service.
/// </summary>
/// <param name="inner">The store.</param>
/// <param name="type">The name of the store's type.</param>
internal sealed class MeteredObjectStore(IObjectStore inner, string type) : DelegatingObjectStore(inner)
{
    public override Task ProbeAsync(string bucket, CancellationToken cancellationToken) =>
        CountAsync(
            "probe",
            async () =>
            {
                await base.ProbeAsync(bucket, cancellationToken);
                return true;
            }
        );

    public override Task<ObjectPage> ListAsync(
        string bucket,
        string prefix,
        string? continuation,
        int limit,
        CancellationToken cancellationToken
    ) => CountAsync("list", () => base.ListAsync(bucket, prefix, continuation, limit, cancellationToken));

    public override async Task<Stream> OpenReadAsync(
        string bucket,
        string key,
        long offset,
        long? length,
        CancellationToken cancellationToken
    )
    {
        var content = await CountAsync(
            "read",
            () => base.OpenReadAsync(bucket, key, offset, length, cancellationToken)
        );
        return new CountedStream(content, bytes => CountBytes(bytes, "read"));
    }

    public override Task<ObjectUpload> BeginUploadAsync(
        string bucket,
        string key,
        long size,
        CancellationToken cancellationToken
    ) => CountAsync("begin", () => base.BeginUploadAsync(bucket, key, size, cancellationToken));

    public override async Task<PartReceipt> WritePartAsync(
        ObjectUpload upload,
        int part,
        Stream content,
        long length,
        CancellationToken cancellationToken
    )
    {
        var receipt = await CountAsync(
            "write",
            () => base.WritePartAsync(upload, part, content, length, cancellationToken)
        );
        CountBytes(length, "written");
        return receipt;
    }

    public override Task<StoredObject?> CompleteUploadAsync(
        ObjectUpload upload,
        IReadOnlyList<PartReceipt>? receipts,
        CancellationToken cancellationToken
    ) => CountAsync("complete", () => base.CompleteUploadAsync(upload, receipts, cancellationToken));

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
