using Trainyard.Agent.Jobs;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Verbs;

/// <summary>Fetches the model archive and checks its SHA-256, so that exactly the submitted code runs.</summary>
internal sealed class ArchiveDownload(AttemptClient client, NodeTask task)
{
    /// <exception cref="InvalidDataException">Three downloads in a row had another SHA-256.</exception>
    public async Task RunAsync(AttemptFolders folders, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await client.UseAsync(
                client.Routes.Archive,
                (r, token) => BodyFile.SaveAsync(r, folders.Archive, client.Silence, token),
                cancellationToken
            );
            if (await BodyFile.HashAsync(folders.Archive, cancellationToken) == task.ArchiveSha256)
            {
                return;
            }
            if (attempt == 3)
            {
                throw new InvalidDataException(
                    "The model archive did not arrive as it was submitted: its SHA-256 differs."
                );
            }
        }
    }
}
