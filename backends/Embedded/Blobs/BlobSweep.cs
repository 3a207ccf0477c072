using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Backends.Sqlite;

namespace Trainyard.Backends.Blobs;

/// <summary>Deletes files of earlier processes that died before they wrote the blob's row.</summary>
internal sealed partial class BlobSweep(SqliteDatabase database, BlobFiles files, ILogger<BlobSweep> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Runs outside the start of the host: it may take a while, and nothing depends on it.
        await Task.Yield();
        try
        {
            Sweep(stoppingToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogFailed(e);
        }
    }

    internal void Sweep(CancellationToken cancellationToken)
    {
        foreach (var file in files.FromEarlierProcesses())
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            if (!database.Read(session => BlobRow.IsFileKnown(session, file)))
            {
                files.Delete(file);
            }
        }
    }

    [LoggerMessage(1100, LogLevel.Warning, "Left-over files of blobs could not all be deleted.")]
    private partial void LogFailed(Exception exception);
}
