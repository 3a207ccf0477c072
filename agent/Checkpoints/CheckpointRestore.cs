using System.Net;
using Trainyard.Agent.Files;
using Trainyard.Agent.Service;
using Trainyard.Agent.Verbs;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Checkpoints;

/// <summary>
/// Restores the last committed checkpoint into the folder, before the command starts: completely, or not at all.
/// </summary>
internal sealed class CheckpointRestore(AttemptClient client, string folder, int parallel)
{
    private const int MostTries = 3;

    /// <returns>The checkpoint, with its files as they are in the folder now; null when there is none.</returns>
    /// <exception cref="InvalidDataException">The files still differ from the list after several tries.</exception>
    public async Task<SavedCheckpoint?> RunAsync(CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var saved = await client.FetchAsync<SavedCheckpoint>(client.Routes.Checkpoint, cancellationToken);
            if (saved is null)
            {
                return null;
            }
            if (await TryFetchAsync(saved, cancellationToken))
            {
                return saved with { Files = [.. saved.Files.Select(AsItLies)] };
            }
            Empty();
            if (tries == MostTries)
            {
                throw new InvalidDataException("The checkpoint did not arrive as it was saved: its SHA-256 differs.");
            }
        }
    }

    /// <returns>
    /// False when a file differs from the list, for example because another checkpoint has replaced it meanwhile.
    /// </returns>
    private async Task<bool> TryFetchAsync(SavedCheckpoint saved, CancellationToken cancellationToken)
    {
        var wrong = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            saved.Files,
            options,
            async (file, token) =>
            {
                if (wrong == 0 && !await TryFetchAsync(file, token))
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        );
        return wrong == 0;
    }

    private async Task<bool> TryFetchAsync(CheckpointFile file, CancellationToken cancellationToken)
    {
        var path = PathOf(file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            var call = client.Routes.Given(HttpMethod.Get, file.Url ?? "");
            await client.UseAsync(
                call,
                (r, token) => BodyFile.SaveAsync(r, path, client.Silence, token),
                cancellationToken
            );
        }
        catch (ServiceRefusedException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return false;
        }
        if (await BodyFile.HashAsync(path, cancellationToken) != file.Sha256)
        {
            return false;
        }
        File.SetLastWriteTimeUtc(path, file.ModifiedAt.UtcDateTime);
        return true;
    }

    private CheckpointFile AsItLies(CheckpointFile file) =>
        file with
        {
            ModifiedAt = new DateTimeOffset(File.GetLastWriteTimeUtc(PathOf(file))),
            Url = null,
        };

    // The service has checked the paths; they are checked again because a path out of the folder would overwrite the
    // agent's files.
    private string PathOf(CheckpointFile file) =>
        BlobName.TryParse(file.Path, out _)
            ? Path.Combine(folder, file.Path)
            : throw new InvalidDataException("The checkpoint has a file whose path leads out of its folder.");

    private void Empty()
    {
        PrivateFolder.TryDelete(folder);
        PrivateFolder.Create(folder);
    }
}
