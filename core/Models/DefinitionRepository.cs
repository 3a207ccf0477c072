using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Models;

/// <summary>
/// Training definitions, stored once and used by many runs. They stay until their owner deletes them.
/// </summary>
public sealed class DefinitionRepository(IBlobStore blobs, TimeProvider time)
{
    private const string RecordName = "definition.json";

    public async Task<TrainingDefinition> CreateAsync(
        Owner owner,
        DefinitionText text,
        CancellationToken cancellationToken
    )
    {
        var definition = new TrainingDefinition
        {
            Id = Guid.NewGuid(),
            VersionId = Guid.NewGuid(),
            Owner = owner,
            Text = text,
            CreatedAt = time.GetUtcNow(),
        };
        await blobs.WriteJsonAsync(RecordOf(owner, definition.Id), definition, cancellationToken);
        return definition;
    }

    /// <summary>An owner's definition, or null.</summary>
    public Task<TrainingDefinition?> FindAsync(Owner owner, Guid id, CancellationToken cancellationToken) =>
        blobs.ReadJsonAsync<TrainingDefinition>(RecordOf(owner, id), cancellationToken);

    /// <summary>The definitions of an owner, newest first.</summary>
    public async Task<IReadOnlyList<TrainingDefinition>> ListAsync(Owner owner, CancellationToken cancellationToken)
    {
        var definitions = new List<TrainingDefinition>();
        await foreach (var blob in blobs.ListAsync($"definitions/{owner}/", cancellationToken))
        {
            if (
                blob.Name.ToString().EndsWith('/' + RecordName)
                && await blobs.ReadJsonAsync<TrainingDefinition>(blob.Name, cancellationToken) is { } definition
            )
            {
                definitions.Add(definition);
            }
        }
        definitions.Sort((a, b) => b.CreatedAt.CompareTo(a.CreatedAt));
        return definitions;
    }

    /// <summary>Stores its zip, replacing the one before.</summary>
    public Task PutContentAsync(TrainingDefinition definition, Stream zip, CancellationToken cancellationToken) =>
        blobs.PutAsync(ContentOf(definition), zip, expectedSha256: null, cancellationToken);

    /// <summary>Opens its zip; null when none was sent yet.</summary>
    public Task<Stream?> OpenContentAsync(TrainingDefinition definition, CancellationToken cancellationToken) =>
        blobs.OpenReadAsync(ContentOf(definition), 0, null, cancellationToken);

    public async Task<bool> HasContentAsync(TrainingDefinition definition, CancellationToken cancellationToken) =>
        await blobs.FindAsync(ContentOf(definition), cancellationToken) is not null;

    /// <summary>Deletes a definition. Runs that were started from it are not affected.</summary>
    public Task DeleteAsync(TrainingDefinition definition, CancellationToken cancellationToken) =>
        blobs.DeleteAsync(Folder(definition.Owner, definition.Id), cancellationToken);

    private static string Folder(Owner owner, Guid id) => $"definitions/{owner}/{id}/";

    private static BlobName RecordOf(Owner owner, Guid id) => BlobName.Parse(Folder(owner, id) + RecordName);

    private static BlobName ContentOf(TrainingDefinition definition) =>
        BlobName.Parse(Folder(definition.Owner, definition.Id) + "content.zip");
}

/// <summary>A stored training definition; its zip is stored beside it.</summary>
public sealed record TrainingDefinition
{
    public required Guid Id { get; init; }

    /// <summary>The id of its only version.</summary>
    public required Guid VersionId { get; init; }

    public required Owner Owner { get; init; }

    public required DefinitionText Text { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The owner's part of a definition.</summary>
public sealed record DefinitionText
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>The author, as it was sent; only shown.</summary>
    public JsonElement? Author { get; init; }

    /// <summary>The framework, as it was sent; it is validated in a run's manifest.</summary>
    public required JsonElement Framework { get; init; }

    public required string Command { get; init; }
}
