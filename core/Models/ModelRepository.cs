using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Models;

/// <summary>Trained models that their owner stored for good. They outlive the run and its record.</summary>
public sealed class ModelRepository(IBlobStore blobs, TimeProvider time)
{
    private const string RecordName = "model.json";

    /// <summary>
    /// Copies a completed run's <c>model/</c> folder into the repository; null when the run kept no model. The record is
    /// written last, so a copy that was cut short is never listed. A run is stored once: asking again gives the same model.
    /// </summary>
    public async Task<StoredModel?> StoreAsync(TrainingRun run, string? name, CancellationToken cancellationToken)
    {
        var folder = Folder(run.Owner, ModelIdOf(run.Id));
        if (await ReadAsync(BlobName.Parse(folder + RecordName), cancellationToken) is { } existing)
        {
            return existing;
        }
        var (files, bytes) = await CopyAsync(
            RunBlobs.ModelPrefix(run.Id, run.Attempt),
            folder + "files/",
            cancellationToken
        );
        if (files == 0)
        {
            return null;
        }
        var model = new StoredModel
        {
            Id = ModelIdOf(run.Id),
            Owner = run.Owner,
            RunId = run.Id,
            Name = name ?? $"{run.Id} model saved from CLI",
            Type = $"{run.Manifest.Framework.Name}-{run.Manifest.Framework.Version}",
            StoredAt = time.GetUtcNow(),
            Files = files,
            Bytes = bytes,
        };
        using var content = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(model, WireJson.Options));
        await blobs.PutAsync(BlobName.Parse(folder + RecordName), content, expectedSha256: null, cancellationToken);
        return model;
    }

    /// <summary>A stored model of an owner, or null.</summary>
    public Task<StoredModel?> FindAsync(Owner owner, Guid id, CancellationToken cancellationToken) =>
        ReadAsync(BlobName.Parse(Folder(owner, id) + RecordName), cancellationToken);

    /// <summary>The models of an owner, newest first.</summary>
    public async Task<IReadOnlyList<StoredModel>> ListAsync(Owner owner, CancellationToken cancellationToken)
    {
        var models = new List<StoredModel>();
        await foreach (var blob in blobs.ListAsync($"repository/{owner}/", cancellationToken))
        {
            var name = blob.Name.ToString();
            if (
                name.EndsWith('/' + RecordName)
                && name.Count(c => c == '/') == 3
                && await ReadAsync(blob.Name, cancellationToken) is { } model
            )
            {
                models.Add(model);
            }
        }
        models.Sort((a, b) => b.StoredAt.CompareTo(a.StoredAt));
        return models;
    }

    /// <summary>Forgets a stored model; its run can be stored again.</summary>
    public Task DeleteAsync(StoredModel model, CancellationToken cancellationToken) =>
        blobs.DeleteAsync(Folder(model.Owner, model.Id), cancellationToken);

    /// <summary>The folder of a stored model's files in the blob store, with its closing slash.</summary>
    public static string FilesOf(StoredModel model) => Folder(model.Owner, model.Id) + "files/";

    // Derived from the run, so that storing twice stores once.
    private static Guid ModelIdOf(RunId id)
    {
        var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"model of {id}"));
        // Version 8 (made by the application), variant 1 (RFC 9562).
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }

    private static string Folder(Owner owner, Guid id) => $"repository/{owner}/{id}/";

    private async Task<(int Files, long Bytes)> CopyAsync(string from, string to, CancellationToken cancellationToken)
    {
        var files = 0;
        long bytes = 0;
        await foreach (var blob in blobs.ListAsync(from, cancellationToken))
        {
            await using var content = await blobs.OpenReadAsync(blob.Name, 0, null, cancellationToken);
            if (content is null)
            {
                continue;
            }
            var target = BlobName.Parse(to + blob.Name.ToString()[from.Length..]);
            var copied = await blobs.PutAsync(target, content, blob.Sha256, cancellationToken);
            files++;
            bytes += copied.Bytes;
        }
        return (files, bytes);
    }

    private async Task<StoredModel?> ReadAsync(BlobName name, CancellationToken cancellationToken)
    {
        await using var content = await blobs.OpenReadAsync(name, 0, null, cancellationToken);
        return content is null
            ? null
            : await JsonSerializer.DeserializeAsync<StoredModel>(content, WireJson.Options, cancellationToken);
    }
}

/// <summary>A model in the repository.</summary>
public sealed record StoredModel
{
    public required Guid Id { get; init; }

    public required Owner Owner { get; init; }

    /// <summary>The run it came from; the run's record may be gone.</summary>
    public required RunId RunId { get; init; }

    public required string Name { get; init; }

    /// <summary><c>framework-version</c>.</summary>
    public required string Type { get; init; }

    public required DateTimeOffset StoredAt { get; init; }

    public required int Files { get; init; }

    public required long Bytes { get; init; }
}
