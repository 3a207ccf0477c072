using Trainyard.Agent.Jobs;
using Trainyard.Manifests.Archives;
using Trainyard.Manifests.Archives.Problems;

namespace Trainyard.Agent.Verbs;

/// <summary>Unpacks the model archive into the model's folder; no file lands elsewhere.</summary>
internal static class ArchiveUnpack
{
    /// <exception cref="ArchiveFailedException">The archive cannot be unpacked.</exception>
    public static async Task RunAsync(AttemptFolders folders, CancellationToken cancellationToken)
    {
        try
        {
            await using var archive = File.OpenRead(folders.Archive);
            // The service accepted this archive, by its checksum, under the operator's limits, which the node does not
            // know. Its disk use is limited together with the rest of the attempt's folder.
            await ModelArchive.ExtractAsync(archive, folders.Model, ArchiveLimits.Widest, cancellationToken);
        }
        catch (ArchiveException e)
        {
            throw new ArchiveFailedException(string.Join(" ", e.Problems.Take(5).Select(p => p.Message)));
        }
        File.Delete(folders.Archive);
    }
}

/// <summary>The model archive cannot be unpacked. The message is for the run's owner.</summary>
internal sealed class ArchiveFailedException(string message) : Exception(message);
