using System.Security.Cryptography;
using System.Text;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Core.Models;

/// <summary>Trained models that their owner stored for good. They outlive the run and its record.</summary>
public sealed class ModelRepository(IRunStore runs, IBlobStore blobs, TimeProvider time) : IDisposable
{
    private const int Parallel = 4;
    private readonly ModelRecords _records = new(blobs);

    // Held while a copy begins and while a kept model is deleted, so that neither finds the other half done. Only the
    // service on one machine, which is one process, deletes kept models.
    private readonly SemaphoreSlim _beginOrRelease = new(1);

    /// <summary>
    /// Begins to store the model of a completed run; <see cref="CopyAsync"/> copies its files. A run has one stored
    /// model: asking again returns the same one. Returns null when the run kept no model.
    /// </summary>
    public async Task<StoredModel?> BeginAsync(TrainingRun run, string? name, CancellationToken cancellationToken)
    {
        await _beginOrRelease.WaitAsync(cancellationToken);
        try
        {
            return await FindOfRunAsync(run, cancellationToken) ?? await CreateAsync(run, name, cancellationToken);
        }
        finally
        {
            _beginOrRelease.Release();
        }
    }

    /// <summary>
    /// Deletes the model that is kept of a completed run, and records when. Returns the bytes that it took; null when
    /// it is being copied or is not there.
    /// </summary>
    public async Task<long?> TryReleaseAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        await _beginOrRelease.WaitAsync(cancellationToken);
        try
        {
            return await FindOfRunAsync(run, cancellationToken) is { IsBeingStored: true }
                ? null
                : await ReleaseAsync(run, cancellationToken);
        }
        finally
        {
            _beginOrRelease.Release();
        }
    }

    // The record first: a model that is gone without a word would look like one that the run never wrote.
    private async Task<long?> ReleaseAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        var prefix = RunBlobs.ModelPrefix(run.Id, run.Attempt);
        var files = await blobs.ListAsync(prefix, cancellationToken).ToListAsync(cancellationToken);
        if (files.Count == 0)
        {
            return null;
        }
        var now = time.GetUtcNow();
        var marked = await runs.ChangeAsync(
            run.Id,
            read => read.ModelReleasedAt is null ? read with { ModelReleasedAt = now } : null,
            cancellationToken
        );
        if (marked is null)
        {
            return null;
        }
        await blobs.DeleteAsync(prefix, cancellationToken);
        return files.Sum(file => file.Bytes);
    }

    private async Task<StoredModel?> CreateAsync(TrainingRun run, string? name, CancellationToken cancellationToken)
    {
        if (!await HasModelAsync(run, cancellationToken))
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
            IsBeingStored = true,
            Files = 0,
            Bytes = 0,
        };
        await _records.WriteAsync(model, cancellationToken);
        return model;
    }

    /// <summary>
    /// Copies a run's <c>model/</c> folder into the repository until the time budget is used. Idempotent.
    /// </summary>
    /// <returns>The progress of the copy.</returns>
    public async Task<ModelCopy> CopyAsync(
        TrainingRun run,
        ModelCopy copy,
        TimeSpan budget,
        CancellationToken cancellationToken
    )
    {
        var from = RunBlobs.ModelPrefix(run.Id, run.Attempt);
        var to = FilesOf(run.Owner, ModelIdOf(run.Id));
        var begin = time.GetTimestamp();
        await foreach (var batch in AfterAsync(from, copy.After, cancellationToken).Chunk(Parallel))
        {
            await Task.WhenAll(batch.Select(blob => CopyAsync(blob, from, to, cancellationToken)));
            copy = copy with
            {
                After = batch[^1].Name.ToString(),
                Files = copy.Files + batch.Length,
                Bytes = copy.Bytes + batch.Sum(blob => blob.Bytes),
            };
            if (time.GetElapsedTime(begin) > budget)
            {
                return copy;
            }
        }
        return copy with { IsWhole = true };
    }

    /// <summary>Releases the model for use. A model that was deleted in the meantime stays deleted.</summary>
    public async Task CompleteAsync(TrainingRun run, ModelCopy copy, CancellationToken cancellationToken)
    {
        var id = ModelIdOf(run.Id);
        if (await _records.FindAsync(run.Owner, id, cancellationToken) is not { } model)
        {
            await blobs.DeleteAsync(FilesOf(run.Owner, id), cancellationToken);
            return;
        }
        await _records.WriteAsync(
            model with
            {
                IsBeingStored = false,
                Files = copy.Files,
                Bytes = copy.Bytes,
            },
            cancellationToken
        );
    }

    /// <summary>The stored model of a run, or null.</summary>
    public Task<StoredModel?> FindOfRunAsync(TrainingRun run, CancellationToken cancellationToken) =>
        _records.FindAsync(run.Owner, ModelIdOf(run.Id), cancellationToken);

    /// <summary>A stored model of an owner, or null.</summary>
    public Task<StoredModel?> FindAsync(Owner owner, Guid id, CancellationToken cancellationToken) =>
        _records.FindAsync(owner, id, cancellationToken);

    /// <summary>The models of an owner, newest first.</summary>
    public Task<IReadOnlyList<StoredModel>> ListAsync(Owner owner, CancellationToken cancellationToken) =>
        _records.ListAsync(owner, cancellationToken);

    /// <summary>Forgets a stored model; its run can be stored again.</summary>
    public async Task DeleteAsync(StoredModel model, CancellationToken cancellationToken)
    {
        await _records.DeleteAsync(model.Owner, model.Id, cancellationToken);
        // Also deletes the record that older versions kept beside the files.
        await blobs.DeleteAsync(Folder(model.Owner, model.Id), cancellationToken);
    }

    public void Dispose() => _beginOrRelease.Dispose();

    /// <summary>The folder of a stored model's files in the blob store, with its closing slash.</summary>
    public static string FilesOf(StoredModel model) => FilesOf(model.Owner, model.Id);

    // Derived from the run, so that storing twice stores once. The engine's GUIDs are derived in another way, which the packages
    // give; neither may change, because both are in what is kept.
    private static Guid ModelIdOf(RunId id)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"model of {id}"));
        // Version 8 (made by the application), variant 1 (RFC 9562).
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }

    private static string Folder(Owner owner, Guid id) => $"repository/{owner}/{id}/";

    private static string FilesOf(Owner owner, Guid id) => Folder(owner, id) + "files/";

    private async Task<bool> HasModelAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        var files = blobs.ListAsync(RunBlobs.ModelPrefix(run.Id, run.Attempt), cancellationToken);
        return await files.AnyAsync(cancellationToken);
    }

    private IAsyncEnumerable<BlobInfo> AfterAsync(string prefix, string? after, CancellationToken cancellationToken)
    {
        var files = blobs.ListAsync(prefix, cancellationToken);
        return after is null ? files : files.SkipWhile(blob => blob.Name.ToString() != after).Skip(1);
    }

    private async Task CopyAsync(BlobInfo blob, string from, string to, CancellationToken cancellationToken)
    {
        await using var content = await blobs.OpenReadAsync(blob.Name, 0, null, cancellationToken);
        if (content is not null)
        {
            var target = BlobName.Parse(to + blob.Name.ToString()[from.Length..]);
            await blobs.PutAsync(target, content, blob.Sha256, cancellationToken);
        }
    }
}
