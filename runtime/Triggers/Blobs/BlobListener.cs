using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Triggers.Listeners;
using Trainyard.Runtime.Triggers.Settings;

namespace Trainyard.Runtime.Triggers.Blobs;

/// <summary>Runs one blob function for each file of its folder that is new, or was written again.</summary>
internal sealed partial class BlobListener(
    BlobFolder folder,
    BlobReceipts receipts,
    BlobRunner runner,
    BlobTriggerSettings settings,
    TimeProvider timeProvider,
    ILogger<BlobListener> logger
) : ITriggerListener
{
    private readonly SemaphoreSlim _hint = new(0, 1);
    private readonly SemaphoreSlim _slots = new(settings.MaxConcurrency, settings.MaxConcurrency);
    private readonly ConcurrentDictionary<string, Task> _running = [];
    private readonly ConcurrentDictionary<string, DateTimeOffset> _notBefore = [];
    private readonly SettledFiles _settled = new(settings.SettleTime, timeProvider);

    public string Name => runner.FunctionName;

    public async Task RunAsync(CancellationToken stopping)
    {
        using var watcher = Watch();
        while (true)
        {
            var isExpecting = Scan(stopping);
            await WaitAsync(isExpecting ? settings.SettleTime : settings.PollInterval, stopping);
        }
    }

    /// <summary>Waits until no run of the function is in progress.</summary>
    public Task DrainAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_running.Values).WaitAsync(cancellationToken);

    public void Dispose()
    {
        _hint.Dispose();
        _slots.Dispose();
    }

    /// <returns>Whether a file needs another look soon.</returns>
    private bool Scan(CancellationToken stopping)
    {
        var names = new HashSet<string>();
        var isExpecting = false;
        try
        {
            foreach (var file in folder.Enumerate())
            {
                names.Add(file.Name);
                isExpecting |= Look(file, stopping);
            }
            receipts.KeepOnly(names);
            _settled.KeepOnly(names);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ScanFailed(folder.Root, e);
        }
        return isExpecting;
    }

    private bool Look(BlobFile file, CancellationToken stopping)
    {
        if (_running.ContainsKey(file.Name) || receipts.Find(file.Name) is { } receipt && IsOver(receipt, file.Version))
        {
            return false;
        }
        if (!_settled.IsSettled(file) || _notBefore.GetValueOrDefault(file.Name) > timeProvider.GetUtcNow())
        {
            return true;
        }
        _settled.Forget(file.Name);
        // Added before it runs, so that the next look cannot start it again.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running[file.Name] = started.Task;
        _ = Task.Run(() => RunOneAsync(file, started, stopping), CancellationToken.None);
        return false;
    }

    private static bool IsOver(BlobReceipt receipt, BlobVersion version) =>
        receipt.Version == version && receipt.Outcome != BlobOutcome.Trying;

    private async Task RunOneAsync(BlobFile file, TaskCompletionSource ended, CancellationToken stopping)
    {
        try
        {
            await _slots.WaitAsync(stopping);
            try
            {
                Postpone(file.Name, await runner.RunAsync(file));
            }
            finally
            {
                _slots.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops; the file waits for the next start.
        }
        catch (Exception e)
        {
            NotKept(file.Name, e);
            Postpone(file.Name, settings.PollInterval);
        }
        finally
        {
            _running.TryRemove(file.Name, out _);
            ended.SetResult();
            Hint();
        }
    }

    private void Postpone(string name, TimeSpan pause)
    {
        if (pause > TimeSpan.Zero)
        {
            _notBefore[name] = timeProvider.GetUtcNow() + pause;
        }
        else
        {
            _notBefore.TryRemove(name, out _);
        }
    }

    private async Task WaitAsync(TimeSpan time, CancellationToken stopping)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(_hint.WaitAsync(waiting.Token), Task.Delay(time, timeProvider, waiting.Token));
        await waiting.CancelAsync();
        stopping.ThrowIfCancellationRequested();
    }

    private void Hint()
    {
        try
        {
            _hint.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // A look is due already, or the listener was disposed.
        }
    }

    // The watcher is only a hint: the regular looks find the changes that it misses and the files from before.
    private FileSystemWatcher? Watch()
    {
        try
        {
            var watcher = new FileSystemWatcher(folder.Root) { IncludeSubdirectories = true };
            watcher.Created += (_, _) => Hint();
            watcher.Changed += (_, _) => Hint();
            watcher.Renamed += (_, _) => Hint();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (IOException e)
        {
            NotWatched(folder.Root, e);
            return null;
        }
    }

    [LoggerMessage(
        1201,
        LogLevel.Warning,
        "{Folder} is not watched by the system and only looked through from time to time"
    )]
    private partial void NotWatched(string folder, Exception exception);

    [LoggerMessage(1202, LogLevel.Error, "{Folder} cannot be looked through")]
    private partial void ScanFailed(string folder, Exception exception);

    [LoggerMessage(1203, LogLevel.Error, "What became of {Blob} could not be kept; it is tried again")]
    private partial void NotKept(string blob, Exception exception);
}
