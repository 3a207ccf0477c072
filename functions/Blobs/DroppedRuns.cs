using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.DurableTask.Client;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Functions.Runs;
using Trainyard.Manifests.Text;

namespace Trainyard.Functions.Blobs;

/// <summary>Starts runs from dropped files. Idempotent.</summary>
public sealed class DroppedRuns(
    IDropBox drops,
    RunSubmission submission,
    RunStarter starter,
    OwnRuns ownRuns,
    ApiKeyRing keys,
    ManifestLimits limits,
    TimeProvider time
)
{
    // A writer may pause, so a broken drop is reported only when nothing has changed for this long.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    // How long a drop may lack its other file.
    private static readonly TimeSpan Alone = TimeSpan.FromMinutes(2);

    /// <summary>Starts the run of an archive and a manifest of one base name, and writes the answer.</summary>
    public async Task StartAsync(
        DurableTaskClient client,
        string folder,
        string baseName,
        CancellationToken cancellationToken
    )
    {
        var files = await drops
            .ListAsync(folder, cancellationToken)
            .Where(file => DropNames.BaseOf(file.Name) == baseName)
            .ToListAsync(cancellationToken);
        if (files.Count > 0)
        {
            await StartAsync(client, new Drop(folder, baseName, files), cancellationToken);
        }
    }

    /// <summary>Starts all drops without an answer, or reports after a while what is wrong with them.</summary>
    public async Task StartAllAsync(DurableTaskClient client, CancellationToken cancellationToken)
    {
        var names = await drops.ListAsync(folder: null, cancellationToken).ToListAsync(cancellationToken);
        foreach (var drop in DropNames.Unanswered(names).Where(drop => IsOlder(drop, Settled)))
        {
            await StartAsync(client, drop, cancellationToken);
        }
    }

    private async Task StartAsync(DurableTaskClient client, Drop drop, CancellationToken cancellationToken)
    {
        if (!Owner.TryParse(drop.Folder, out var owner) || !await keys.HasKeyAsync(owner, cancellationToken))
        {
            await RefuseAsync(drop, DropProblems.UnknownOwner(drop.Folder), TimeSpan.Zero);
        }
        else if (drop.Files.Count > 2)
        {
            await RefuseAsync(drop, DropProblems.Ambiguous(drop), Settled);
        }
        else if (!drop.IsPair)
        {
            await RefuseAsync(
                drop,
                drop.Files.Count > 1 ? DropProblems.Ambiguous(drop) : DropProblems.Incomplete(drop),
                Alone
            );
        }
        else
        {
            await SubmitAsync(client, drop, owner, cancellationToken);
        }
    }

    private async Task SubmitAsync(
        DurableTaskClient client,
        Drop drop,
        Owner owner,
        CancellationToken cancellationToken
    )
    {
        await using var archive = await drops.OpenAsync(drop.Folder, drop.Archives.First().Name, cancellationToken);
        await using var manifest = await drops.OpenAsync(drop.Folder, drop.Manifests.First().Name, cancellationToken);
        if (archive is null || manifest is null)
        {
            await RefuseAsync(drop, DropProblems.Unreadable, Alone);
            return;
        }
        var sent = await ReadAsync(owner, drop.BaseName, archive, manifest, cancellationToken);
        var result = await submission.SubmitAsync(sent, cancellationToken);
        if (result.Run is not { } run)
        {
            await RefuseAsync(drop, DropProblems.Refused(result), Settled);
            return;
        }
        await starter.StartAsync(client, run, cancellationToken);
        var name = DropNames.AnswerBase(drop.BaseName);
        await AnswerAsync(
            drop.Folder,
            name + DropNames.RunAnswer,
            await ownRuns.ToResourceAsync(run, cancellationToken)
        );
        await drops.RemoveAsync(drop.Folder, name + DropNames.ProblemAnswer, CancellationToken.None);
    }

    // A drop that is too young to be refused is looked at again by the timer.
    private async Task RefuseAsync(Drop drop, Problem problem, TimeSpan age)
    {
        if (IsOlder(drop, age))
        {
            await AnswerAsync(drop.Folder, DropNames.AnswerBase(drop.BaseName) + DropNames.ProblemAnswer, problem);
        }
    }

    private bool IsOlder(Drop drop, TimeSpan age) => time.GetUtcNow() - drop.ModifiedAt >= age || age == TimeSpan.Zero;

    // The run's id is derived from the dropped files and their times, because the trigger fires for each of the two
    // files, and may fire again.
    private async Task<Submission> ReadAsync(
        Owner owner,
        string baseName,
        DroppedFile archive,
        DroppedFile manifest,
        CancellationToken cancellationToken
    )
    {
        // One byte more than allowed is enough for the parser to report that the manifest is too large.
        var text = new byte[limits.MaxBytes + 1];
        var read = await manifest.Content.ReadAtLeastAsync(
            text,
            text.Length,
            throwOnEndOfStream: false,
            cancellationToken
        );
        var bytes = text.AsMemory(0, read);
        var seed =
            $"{owner}\n{baseName}\n{archive.ModifiedAt:O}\n{manifest.ModifiedAt:O}\n{Convert.ToHexString(SHA256.HashData(bytes.Span))}";
        return new Submission
        {
            Id = RunId.FromSeed(Encoding.UTF8.GetBytes(seed)),
            Owner = owner,
            Manifest = bytes,
            Archive = archive.Content,
        };
    }

    private Task AnswerAsync<T>(string folder, string name, T answer) =>
        drops.AnswerAsync(
            folder,
            name,
            JsonSerializer.SerializeToUtf8Bytes(answer, WireJson.Indented),
            CancellationToken.None
        );
}
