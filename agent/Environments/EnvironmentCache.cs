using System.Collections.Concurrent;
using System.Text.Json;
using Trainyard.Agent.Files;

namespace Trainyard.Agent.Environments;

/// <summary>The environments that were made: bounded in size, the one longest unused goes first.</summary>
/// <param name="folder">Each is a folder here; a file beside it says that it is whole.</param>
/// <param name="most">Bytes of all together.</param>
/// <param name="time">The clock.</param>
internal sealed class EnvironmentCache(string folder, long most, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _holders = [];
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _makers = new();

    /// <summary>One that is there, or is made now; nobody else makes the same one meanwhile.</summary>
    /// <param name="key">What it is known by.</param>
    /// <param name="make">Fills an empty folder.</param>
    /// <param name="cancellationToken">Ends the waiting for another maker.</param>
    public async Task<HeldEnvironment> HoldAsync(
        string key,
        Func<string, Task> make,
        CancellationToken cancellationToken
    )
    {
        PrivateFolder.Create(folder);
        var maker = _makers.GetOrAdd(key, _ => new SemaphoreSlim(1));
        await maker.WaitAsync(cancellationToken);
        try
        {
            var held = Hold(key);
            try
            {
                await MakeAsync(key, make, cancellationToken);
                Trim();
                return held;
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        finally
        {
            maker.Release();
        }
    }

    private async Task MakeAsync(string key, Func<string, Task> make, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        if (Read(key) is { } kept && Directory.Exists(path))
        {
            Write(key, kept with { UsedAt = time.GetUtcNow() });
            return;
        }
        PrivateFolder.TryDelete(path);
        PrivateFolder.Create(path);
        try
        {
            await make(path);
        }
        catch
        {
            PrivateFolder.TryDelete(path);
            throw;
        }
        Write(key, new KeptEnvironment(TreeSize.Of(path, cancellationToken), time.GetUtcNow()));
    }

    private HeldEnvironment Hold(string key)
    {
        lock (_gate)
        {
            _holders[key] = _holders.GetValueOrDefault(key) + 1;
        }
        return new HeldEnvironment(PathOf(key), () => GiveBack(key));
    }

    private void GiveBack(string key)
    {
        lock (_gate)
        {
            if (--_holders[key] == 0)
            {
                _holders.Remove(key);
            }
        }
    }

    private void Trim()
    {
        lock (_gate)
        {
            var kept = Directory
                .GetFiles(folder, "*.json")
                .Select(Path.GetFileNameWithoutExtension)
                .Select(key => (Key: key!, Kept: Read(key!)))
                .Where(pair => pair.Kept is not null)
                .OrderBy(pair => pair.Kept!.UsedAt)
                .ToList();
            var total = kept.Sum(pair => pair.Kept!.Bytes);
            foreach (var (key, environment) in kept.Where(pair => !_holders.ContainsKey(pair.Key)))
            {
                if (total <= most)
                {
                    return;
                }
                // Without its file first: what is left half deleted is no environment.
                File.Delete(FileOf(key));
                PrivateFolder.TryDelete(PathOf(key));
                total -= environment!.Bytes;
            }
        }
    }

    private KeptEnvironment? Read(string key)
    {
        try
        {
            return JsonSerializer.Deserialize<KeptEnvironment>(File.ReadAllBytes(FileOf(key)));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    private void Write(string key, KeptEnvironment kept)
    {
        var next = FileOf(key) + ".new";
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(kept));
        File.Move(next, FileOf(key), overwrite: true);
    }

    private string PathOf(string key) => Path.Combine(folder, key);

    private string FileOf(string key) => PathOf(key) + ".json";
}

/// <summary>An environment that is whole.</summary>
internal sealed record KeptEnvironment(long Bytes, DateTimeOffset UsedAt);

/// <summary>An environment in use.</summary>
internal sealed class HeldEnvironment(string folder, Action giveBack) : IDisposable
{
    public string Folder => folder;

    public void Dispose() => giveBack();
}
