using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Trainyard.Backends.Blobs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Drops;

/// <summary>Dropped files in a container, <c>{owner}/{name}</c>.</summary>
internal sealed class ContainerDropBox(BlobContainerClient container) : IDropBox
{
    public async Task<DroppedFile?> OpenAsync(Owner owner, string name, CancellationToken cancellationToken)
    {
        try
        {
            BlobDownloadStreamingResult read = await BlobOf(owner, name)
                .DownloadStreamingAsync(cancellationToken: cancellationToken);
            return new DroppedFile(read.Content, read.Details.LastModified);
        }
        catch (RequestFailedException e) when (BlobErrors.IsMissing(e))
        {
            return null;
        }
    }

    public async Task AnswerAsync(
        Owner owner,
        string name,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    ) => await BlobOf(owner, name).UploadAsync(new BinaryData(content), overwrite: true, cancellationToken);

    private BlobClient BlobOf(Owner owner, string name) =>
        BlobName.TryParse($"{owner}/{name}", out var path) && !name.Contains('/')
            ? container.GetBlobClient(path.ToString())
            : throw new ArgumentException("Not a file name.", nameof(name));
}
