using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Trainyard.Backends.Azure.Blobs;
using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Azure.Drops;

/// <summary>
/// Dropped files in a container, <c>{owner}/{name}</c>. A blob appears whole or not at all; the hosting plan decides
/// whether a trigger reports it.
/// </summary>
internal sealed class ContainerDropBox(BlobContainerClient container) : IDropBox
{
    public async Task<DroppedFile?> OpenAsync(string folder, string name, CancellationToken cancellationToken)
    {
        try
        {
            BlobDownloadStreamingResult read = await BlobOf(folder, name)
                .DownloadStreamingAsync(cancellationToken: cancellationToken);
            return new DroppedFile(read.Content, read.Details.LastModified);
        }
        catch (RequestFailedException e) when (BlobErrors.IsMissing(e))
        {
            return null;
        }
    }

    public async Task AnswerAsync(
        string folder,
        string name,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    ) => await BlobOf(folder, name).UploadAsync(new BinaryData(content), overwrite: true, cancellationToken);

    public Task RemoveAsync(string folder, string name, CancellationToken cancellationToken) =>
        BlobOf(folder, name).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    public async IAsyncEnumerable<DroppedName> ListAsync(
        string? folder,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var prefix = folder is null ? null : $"{folder}/";
        var blobs = container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken);
        await foreach (var blob in blobs)
        {
            if (
                blob.Name.Split('/') is [var owner, var name]
                && BlobName.TryParse(blob.Name, out _)
                && blob.Properties.LastModified is { } modifiedAt
            )
            {
                yield return new DroppedName(owner, name, modifiedAt);
            }
        }
    }

    private BlobClient BlobOf(string folder, string name) =>
        BlobName.TryParse($"{folder}/{name}", out var path) && !name.Contains('/') && !folder.Contains('/')
            ? container.GetBlobClient(path.ToString())
            : throw new ArgumentException("Not a file name.", nameof(name));
}
