using System.Security.Cryptography;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Service;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Downloads;

/// <summary>
/// Downloads stored files into a folder, each whole or not at all. The paths are a program's choice: none leads out of the
/// folder.
/// </summary>
internal sealed class ResultDownload(FileRoutes files, RunId run, string folder, string? secret)
{
    private const int BufferBytes = 128 * 1024;
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    /// <summary>Downloads a file. Returns false when it was there already, with the same content.</summary>
    public async Task<bool> SaveAsync(StoredFileResource file, CancellationToken cancellationToken)
    {
        var target = TargetOf(file.Path);
        if (await IsThereAsync(target, file, cancellationToken))
        {
            return false;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetRandomFileName()}.part");
        try
        {
            using var response = await files.OpenAsync(run, file.Path, secret, cancellationToken);
            await CopyAsync(response, temporary, file, cancellationToken);
            File.Move(temporary, target);
            return true;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Where a file goes.</summary>
    public string TargetOf(string path)
    {
        var target = BlobName.TryParse(path, out _) ? Path.GetFullPath(path, folder) : null;
        return target is not null && target.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? target
            : throw new CliFailure(
                ExitCode.ServiceError,
                "path_refused",
                $"The path '{path}' leads out of the folder: nothing is written there."
            );
    }

    private static async Task<bool> IsThereAsync(
        string target,
        StoredFileResource file,
        CancellationToken cancellationToken
    )
    {
        if (!File.Exists(target) && !Directory.Exists(target))
        {
            return false;
        }
        if (File.Exists(target) && new FileInfo(target).Length == file.Bytes)
        {
            await using var content = File.OpenRead(target);
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)) == file.Sha256)
            {
                return true;
            }
        }
        throw CliFailure.InvalidInput(
            "file_exists",
            $"'{target}' is there and differs from what the run stored: move it away, or name another folder with --to."
        );
    }

    private static async Task CopyAsync(
        HttpResponseMessage response,
        string target,
        StoredFileResource file,
        CancellationToken cancellationToken
    )
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var output = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        var length = 0L;
        try
        {
            await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
            while (length <= file.Bytes)
            {
                silence.CancelAfter(LongestSilence);
                var read = await content.ReadAsync(buffer, silence.Token);
                if (read == 0)
                {
                    break;
                }
                hash.AppendData(buffer, 0, read);
                await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                length += read;
            }
        }
        catch (Exception e)
            when (e is HttpRequestException or HttpIOException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            throw new CliFailure(
                ExitCode.Unreachable,
                "download_broken",
                $"The download of '{file.Path}' broke ({Words.Why(e)}): the same command goes on with what is missing."
            );
        }
        if (length != file.Bytes || Convert.ToHexStringLower(hash.GetHashAndReset()) != file.Sha256)
        {
            throw new CliFailure(
                ExitCode.Conflict,
                "file_changed",
                $"'{file.Path}' in the bucket is not what the run stored any more: its size or SHA-256 differs. It was not saved."
            );
        }
    }
}
