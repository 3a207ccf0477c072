using System.Globalization;
using Trainyard.Agent.Checkpoints;
using Trainyard.Agent.Files;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Service;
using Trainyard.Agent.Verbs;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Attempts;

/// <summary>The checkpoint folder of one attempt: restored before its command begins, saved until it has ended.</summary>
internal sealed class AttemptCheckpoints
{
    private readonly NodeServices node;
    private readonly AttemptContext context;
    private readonly TimeSpan interval;
    private readonly string folder;
    private readonly PrivateCopy copy;
    private readonly CheckpointSave save;

    public AttemptCheckpoints(NodeServices node, AttemptContext context, NodeCheckpoint wanted)
    {
        this.node = node;
        this.context = context;
        interval = TimeSpan.FromSeconds(wanted.IntervalSeconds);
        folder = PrivateFolder.Create(Path.Combine(context.Folders.Results, wanted.Path));
        copy = new PrivateCopy(context.Folders.CheckpointCopy);
        var live = new LiveFolder(folder, Path.Combine(context.View.Results, wanted.Path));
        var upload = new FileUpload(node.Stores, context.Client, context.Client.Routes.UploadCheckpoint)
        {
            GivesUp = true,
        };
        save = new CheckpointSave(live, copy, upload, context.Client);
    }

    /// <exception cref="InvalidDataException">There is one, but it does not arrive as it was saved.</exception>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        var restore = new CheckpointRestore(context.Client, folder, node.Options.Downloads);
        if (await restore.RunAsync(cancellationToken) is not { } saved)
            return;
        save.Begin(saved.Files);
        var time = saved.SavedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var bytes = saved.Files.Sum(f => f.Bytes);
        context.Log.AppendLine($"Restored a checkpoint of {time}: {saved.Files.Count} files, {bytes} bytes.");
    }

    /// <summary>Saves every interval and once after the end. Never fails: a run is worth more than its checkpoint.</summary>
    public async Task SaveUntilAsync(CancellationToken ended)
    {
        bool isLast;
        do
        {
            await Task.Delay(interval, node.Time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            isLast = ended.IsCancellationRequested;
            await TrySaveAsync(context.Stop.Lost);
        } while (!isLast);
    }

    private async Task TrySaveAsync(CancellationToken lost)
    {
        var (run, attempt) = (context.Task.RunId, context.Task.Attempt);
        try
        {
            if (!lost.IsCancellationRequested && await save.RunAsync(lost) is { } files)
                Log.CheckpointSaved(node.Logger, run, attempt, files.Count, files.Sum(f => f.Bytes));
        }
        catch (Exception) when (lost.IsCancellationRequested)
        {
            // The attempt is thrown away, and its checkpoint is somebody else's now.
        }
        catch (Exception e)
        {
            Log.CheckpointNotSaved(node.Logger, run, attempt, e.Message);
        }
        finally
        {
            copy.Delete();
        }
    }
}
