using System.Globalization;
using Trainyard.Agent.Checkpoints;
using Trainyard.Agent.Files;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Service;
using Trainyard.Agent.Verbs;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Attempts;

/// <summary>
/// The checkpoint folder of one attempt: restored before the command starts, and saved until the command has ended.
/// </summary>
internal sealed class AttemptCheckpoints
{
    private readonly NodeServices _node;
    private readonly AttemptContext _context;
    private readonly TimeSpan _interval;
    private readonly string _folder;
    private readonly PrivateCopy _copy;
    private readonly CheckpointSave _save;

    public AttemptCheckpoints(NodeServices node, AttemptContext context, NodeCheckpoint wanted)
    {
        _node = node;
        _context = context;
        _interval = TimeSpan.FromSeconds(wanted.IntervalSeconds);
        _folder = PrivateFolder.Create(Path.Combine(context.Folders.Results, wanted.Path));
        _copy = new PrivateCopy(context.Folders.CheckpointCopy);
        var live = new LiveFolder(_folder, Path.Combine(context.View.Results, wanted.Path));
        var upload = new FileUpload(node.Stores, context.Client, context.Client.Routes.UploadCheckpoint)
        {
            GivesUp = true,
        };
        _save = new CheckpointSave(live, _copy, upload, context.Client);
    }

    /// <exception cref="InvalidDataException">A checkpoint exists, but its content is not what was saved.</exception>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        var restore = new CheckpointRestore(_context.Client, _folder, _node.Options.Downloads);
        if (await restore.RunAsync(cancellationToken) is not { } saved)
        {
            return;
        }
        _save.Begin(saved.Files);
        var time = saved.SavedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var bytes = saved.Files.Sum(f => f.Bytes);
        _context.Log.AppendLine($"Restored a checkpoint of {time}: {saved.Files.Count} files, {bytes} bytes.");
    }

    /// <summary>
    /// Saves at every interval and once after the end. Never fails: a failed save must not fail the run.
    /// </summary>
    public async Task SaveUntilAsync(CancellationToken ended)
    {
        bool isLast;
        do
        {
            await Task.Delay(_interval, _node.Time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            isLast = ended.IsCancellationRequested;
            await TrySaveAsync(_context.Stop.Lost);
        } while (!isLast);
    }

    private async Task TrySaveAsync(CancellationToken lost)
    {
        var (run, attempt) = (_context.Task.RunId, _context.Task.Attempt);
        try
        {
            if (!lost.IsCancellationRequested && await _save.RunAsync(lost) is { } files)
            {
                Log.CheckpointSaved(_node.Logger, run, attempt, files.Count, files.Sum(f => f.Bytes));
            }
        }
        catch (Exception) when (lost.IsCancellationRequested)
        {
            // The lease is lost, so this node no longer owns the checkpoint.
        }
        catch (Exception e)
        {
            Log.CheckpointNotSaved(_node.Logger, run, attempt, e.Message);
        }
        finally
        {
            _copy.Delete();
        }
    }
}
