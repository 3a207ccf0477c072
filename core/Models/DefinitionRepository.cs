using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Models;

/// <summary>Training definitions: what to run, stored once and named by many runs. They stay until their owner deletes them.</summary>
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

    /// <summary>Keeps its zip, in place of the one that was there.</summary>
    public Task PutContentAsync(TrainingDefinition definition, Stream zip, CancellationToken cancellationToken) =>
        blobs.PutAsync(ContentOf(definition), zip, expectedSha256: null, cancellationToken);

    /// <summary>Its zip, or null while none was sent.</summary>
    public Task<Stream?> OpenContentAsync(TrainingDefinition definition, CancellationToken cancellationToken) =>
        blobs.OpenReadAsync(ContentOf(definition), 0, null, cancellationToken);

    public async Task<bool> HasContentAsync(TrainingDefinition definition, CancellationToken cancellationToken) =>
        await blobs.FindAsync(ContentOf(definition), cancellationToken) is not null;

    /// <summary>Runs that were started from it keep what they have.</summary>
    public Task DeleteAsync(TrainingDefinition definition, CancellationToken cancellationToken) =>
        blobs.DeleteAsync(Folder(definition.Owner, definition.Id), cancellationToken);

    private static string Folder(Owner owner, Guid id) => $"definitions/{owner}/{id}/";

    private static BlobName RecordOf(Owner owner, Guid id) => BlobName.Parse(Folder(owner, id) + RecordName);

    private static BlobName ContentOf(TrainingDefinition definition) =>
        BlobName.Parse(Folder(definition.Owner, definition.Id) + "content.zip");
}

/// <summary>A training definition as it is kept; its zip lies beside it.</summary>
public sealed record TrainingDefinition
{
    public required Guid Id { get; init; }

    /// <summary>The one version that there is.</summary>
    public required Guid VersionId { get; init; }

    public required Owner Owner { get; init; }

    public required DefinitionText Text { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What its owner wrote.</summary>
public sealed record DefinitionText
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>Who made it, as it was sent; only shown.</summary>
    public JsonElement? Author { get; init; }

    /// <summary>As it was sent: a run's manifest is where it is checked.</summary>
    public required JsonElement Framework { get; init; }

    public required string Command { get; init; }
}
