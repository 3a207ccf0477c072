using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.DurableTask.Client;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Runs;

namespace Trainyard.Functions.Blobs;

/// <summary>Starts what was dropped. Doing it twice starts one run.</summary>
public sealed class DroppedRuns(IDropBox drops, RunSubmission submission, RunStarter starter, OwnRuns ownRuns)
{
    /// <summary>Starts the run of an archive and a manifest of one name, and answers; does nothing unless both are there.</summary>
    public async Task StartAsync(
        DurableTaskClient client,
        Owner dropOwner,
        string baseName,
        CancellationToken cancellationToken
    )
    {
        await using var archive = await drops.OpenAsync(dropOwner, baseName + DropNames.Archive, cancellationToken);
        await using var manifest = await OpenManifestAsync(dropOwner, baseName, cancellationToken);
        if (archive is null || manifest is null)
            return;
        var sent = await ReadAsync(dropOwner, baseName, archive, manifest, cancellationToken);
        var result = await submission.SubmitAsync(sent, cancellationToken);
        if (result.Run is { } run)
        {
            await starter.StartAsync(client, run, cancellationToken);
            await AnswerAsync(
                dropOwner,
                baseName + DropNames.RunAnswer,
                await ownRuns.ToResourceAsync(run, cancellationToken)
            );
            return;
        }
        var problem = new Problem
        {
            Title = "Bad Request",
            Status = 400,
            Code = "invalid_submission",
            Errors = result.Problems,
        };
        await AnswerAsync(dropOwner, baseName + DropNames.ProblemAnswer, problem);
    }

    // The run's id comes from what was dropped and when: the trigger fires for each of the two files, and may fire again.
    private static async Task<Submission> ReadAsync(
        Owner owner,
        string baseName,
        DroppedFile archive,
        DroppedFile manifest,
        CancellationToken cancellationToken
    )
    {
        using var text = new MemoryStream();
        await manifest.Content.CopyToAsync(text, cancellationToken);
        var seed =
            $"{owner}\n{baseName}\n{archive.ModifiedAt:O}\n{manifest.ModifiedAt:O}\n{Convert.ToHexString(SHA256.HashData(text.ToArray()))}";
        return new Submission
        {
            Id = RunId.FromSeed(Encoding.UTF8.GetBytes(seed)),
            Owner = owner,
            Manifest = text.ToArray(),
            Archive = archive.Content,
        };
    }

    private async Task<DroppedFile?> OpenManifestAsync(
        Owner owner,
        string baseName,
        CancellationToken cancellationToken
    )
    {
        foreach (var extension in DropNames.Manifests)
        {
            if (await drops.OpenAsync(owner, baseName + extension, cancellationToken) is { } manifest)
                return manifest;
        }
        return null;
    }

    private Task AnswerAsync<T>(Owner owner, string name, T answer) =>
        drops.AnswerAsync(
            owner,
            name,
            JsonSerializer.SerializeToUtf8Bytes(answer, WireJson.Indented),
            CancellationToken.None
        );
}
