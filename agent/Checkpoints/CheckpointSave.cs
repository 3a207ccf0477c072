using System.Net;
using Trainyard.Agent.Files;
using Trainyard.Agent.Service;
using Trainyard.Agent.Verbs;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Checkpoints;

/// <summary>
/// Saves the folder to the service repeatedly; each save sends only files that are new. A committed checkpoint is the
/// folder at a single moment when the command does not write during a pass; a file that the command is writing stays
/// in its last saved version.
/// </summary>
internal sealed class CheckpointSave(LiveFolder folder, PrivateCopy copy, FileUpload upload, AttemptClient client)
{
    private const int MostPasses = 3;

    /// <summary>Each file's state when it was last sent.</summary>
    private readonly Dictionary<string, CheckpointFile> _held = new(StringComparer.Ordinal);

    /// <summary>The contents that the service holds.</summary>
    private readonly HashSet<string> _contents = new(StringComparer.Ordinal);

    private Dictionary<string, CheckpointFile> _committed = new(StringComparer.Ordinal);

    /// <summary>Continues from the restored files.</summary>
    public void Begin(IEnumerable<CheckpointFile> restored)
    {
        Keep(restored.ToDictionary(f => f.Path, StringComparer.Ordinal));
        foreach (var (path, file) in _committed)
        {
            _held[path] = file;
        }
    }

    /// <returns>The committed files; null when nothing has changed, or the folder is empty.</returns>
    public async Task<IReadOnlyCollection<CheckpointFile>?> RunAsync(CancellationToken cancellationToken)
    {
        var before = _committed.Keys.ToHashSet();
        var pass = await PassAsync(cancellationToken);
        for (var passes = 1; passes < MostPasses && (pass.Wrote || !pass.Paths.SetEquals(before)); passes++)
        {
            before = pass.Paths;
            pass = await PassAsync(cancellationToken);
        }
        var brought = pass.Paths.Where(_held.ContainsKey).Select(path => _held[path]).ToList();
        var isQuiet = !pass.Wrote && pass.Paths.SetEquals(before);
        var files = NextCheckpoint.Of(brought, _committed, isQuiet);
        if (files.Count == 0 || files.Count == _committed.Count && !files.Except(_committed).Any())
        {
            return null;
        }
        await CommitAsync(files, cancellationToken);
        return files.Values;
    }

    private async Task<Pass> PassAsync(CancellationToken cancellationToken)
    {
        var pass = new Pass();
        foreach (var file in folder.List())
        {
            using var handle = folder.TryOpen(file);
            if (handle is null)
            {
                continue;
            }
            pass.Paths.Add(file.Path);
            var look = FileStamp.Of(handle);
            if (_held.TryGetValue(file.Path, out var last) && look == new FileStamp(last.Bytes, last.ModifiedAt))
            {
                continue;
            }
            pass.Wrote = true;
            if (await copy.MakeAsync(handle, look, cancellationToken) is { } sha256)
            {
                _held[file.Path] = await SendAsync(file.Path, look, sha256, cancellationToken);
            }
        }
        foreach (var gone in _held.Keys.Where(path => !pass.Paths.Contains(path)).ToList())
        {
            _held.Remove(gone);
        }
        return pass;
    }

    private async Task<CheckpointFile> SendAsync(
        string path,
        FileStamp look,
        string sha256,
        CancellationToken cancellationToken
    )
    {
        if (!_contents.Contains(sha256))
        {
            await upload.RunAsync(new FoundFile(copy.Path, sha256), cancellationToken);
        }
        _contents.Add(sha256);
        return new CheckpointFile
        {
            Path = path,
            Bytes = look.Bytes,
            Sha256 = sha256,
            ModifiedAt = look.ModifiedAt,
        };
    }

    private async Task CommitAsync(Dictionary<string, CheckpointFile> files, CancellationToken cancellationToken)
    {
        try
        {
            var commit = new CheckpointCommit { Files = [.. files.Values] };
            await client.FetchAsync<object>(client.Routes.CommitCheckpoint(commit), cancellationToken);
        }
        catch (ServiceRefusedException e) when (e.Status == HttpStatusCode.Conflict)
        {
            _held.Clear();
            Keep([]);
            throw;
        }
        Keep(files);
    }

    // The service keeps only the contents of the committed files.
    private void Keep(Dictionary<string, CheckpointFile> files)
    {
        _committed = files;
        _contents.Clear();
        _contents.UnionWith(files.Values.Select(f => f.Sha256));
    }

    private sealed class Pass
    {
        public HashSet<string> Paths { get; } = new(StringComparer.Ordinal);

        public bool Wrote { get; set; }
    }
}
