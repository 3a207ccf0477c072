using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Models;

/// <summary>
/// The records of stored models, kept apart from their files so that a list reads one blob per model. Older versions
/// kept each beside its model's files; an owner's records are copied at the first listing.
/// </summary>
internal sealed class ModelRecords(IBlobStore blobs)
{
    private const string OldName = "/model.json";

    public async Task<StoredModel?> FindAsync(Owner owner, Guid id, CancellationToken cancellationToken) =>
        await blobs.ReadJsonAsync<StoredModel>(NameOf(owner, id), cancellationToken)
        ?? await blobs.ReadJsonAsync<StoredModel>(
            BlobName.Parse($"repository/{owner}/{id}{OldName}"),
            cancellationToken
        );

    /// <summary>The models of an owner, newest first.</summary>
    public async Task<IReadOnlyList<StoredModel>> ListAsync(Owner owner, CancellationToken cancellationToken)
    {
        await TakeOverAsync(owner, cancellationToken);
        var models = new List<StoredModel>();
        await foreach (var blob in blobs.ListAsync(FolderOf(owner), cancellationToken))
        {
            if (await blobs.ReadJsonAsync<StoredModel>(blob.Name, cancellationToken) is { } model)
            {
                models.Add(model);
            }
        }
        models.Sort((a, b) => b.StoredAt.CompareTo(a.StoredAt));
        return models;
    }

    public Task WriteAsync(StoredModel model, CancellationToken cancellationToken) =>
        blobs.WriteJsonAsync(NameOf(model.Owner, model.Id), model, cancellationToken);

    public Task DeleteAsync(Owner owner, Guid id, CancellationToken cancellationToken) =>
        blobs.DeleteAsync(NameOf(owner, id).ToString(), cancellationToken);

    private async Task TakeOverAsync(Owner owner, CancellationToken cancellationToken)
    {
        var done = BlobName.Parse($"repository-taken-over/{owner}.json");
        if (await blobs.FindAsync(done, cancellationToken) is not null)
        {
            return;
        }
        await foreach (var blob in blobs.ListAsync($"repository/{owner}/", cancellationToken))
        {
            var name = blob.Name.ToString();
            if (
                name.EndsWith(OldName, StringComparison.Ordinal)
                && name.Count(c => c == '/') == 3
                && await blobs.ReadJsonAsync<StoredModel>(blob.Name, cancellationToken) is { } model
            )
            {
                await WriteAsync(model, cancellationToken);
            }
        }
        await blobs.WriteJsonAsync(done, new object(), cancellationToken);
    }

    private static string FolderOf(Owner owner) => $"repository-records/{owner}/";

    private static BlobName NameOf(Owner owner, Guid id) => BlobName.Parse($"{FolderOf(owner)}{id}.json");
}
