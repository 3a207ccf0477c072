using Trainyard.Agent.Files;
using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Stages a file that a process may still write to: retries when the file changes, and then stages a private copy. A
/// file that is gone is left out. Neither case fails the run; a line in its log says so.
/// </summary>
/// <param name="upload">Stages a file that does not change.</param>
/// <param name="copies">A folder for copies that the command cannot reach.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">Gets a line for the run's owner.</param>
internal sealed class SteadyUpload(FileUpload upload, string copies, TimeProvider time, Action<string> tell)
{
    private const int Looks = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <returns>The number of staged bytes; null when the file is left out.</returns>
    public async Task<long?> RunAsync(FoundFile file, CancellationToken cancellationToken)
    {
        for (var look = 1; look <= Looks; look++)
        {
            try
            {
                return await upload.RunAsync(file, cancellationToken);
            }
            catch (FileChangedException e) when (e.IsGone)
            {
                return LeaveOut(file, "it was taken away before it could be");
            }
            catch (FileChangedException)
            {
                // Waits at least one clock tick, since otherwise the next change could have the same time stamp.
                await Task.Delay(Pause * look, time, cancellationToken);
            }
        }
        return await StageCopyAsync(file, cancellationToken);
    }

    private async Task<long?> StageCopyAsync(FoundFile file, CancellationToken cancellationToken)
    {
        var copy = Path.Combine(copies, $"copy-{Guid.NewGuid():N}");
        try
        {
            if (!await TryCopyAsync(file.Source, copy, cancellationToken))
            {
                return LeaveOut(file, "it changed again and again, and a copy of it finds no room");
            }
            tell($"Stored '{Shown(file)}' as it was read: it changed again and again meanwhile.");
            return await upload.RunAsync(file with { Source = copy }, cancellationToken);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    /// <summary>
    /// Copies as many bytes as the file has now, or fewer if it shrinks, so that the copy of a growing file ends.
    /// </summary>
    private static async Task<bool> TryCopyAsync(string source, string copy, CancellationToken cancellationToken)
    {
        using var from = RegularFile.TryOpen(source);
        if (from is null)
        {
            return false;
        }
        var bytes = RandomAccess.GetLength(from);
        if (new DriveInfo(Path.GetDirectoryName(copy)!).AvailableFreeSpace / 2 < bytes)
        {
            return false;
        }
        try
        {
            using var to = File.OpenHandle(copy, FileMode.CreateNew, FileAccess.Write);
            var buffer = new byte[128 * 1024];
            for (long at = 0, read; at < bytes; at += read)
            {
                var piece = buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes - at));
                read = await RandomAccess.ReadAsync(from, piece, at, cancellationToken);
                if (read == 0)
                {
                    break;
                }
                await RandomAccess.WriteAsync(to, piece[..(int)read], at, cancellationToken);
            }
            return true;
        }
        catch (IOException e) when (DiskSpace.IsLacking(e))
        {
            return false;
        }
    }

    private long? LeaveOut(FoundFile file, string why)
    {
        tell($"Did not store '{Shown(file)}': {why}.");
        return null;
    }

    private static string Shown(FoundFile file) => PrintableText.Of(file.Path);
}
