using System.Collections.Concurrent;
using System.Text.Json;
using Trainyard.Agent.Files;

namespace Trainyard.Agent.Environments;

/// <summary>
/// The created environments. Their total size is limited; the least recently used one is removed first.
/// </summary>
/// <param name="folder">Holds a folder for each environment; a file next to it marks it as complete.</param>
/// <param name="most">The maximum total bytes.</param>
/// <param name="time">The clock.</param>
internal sealed class EnvironmentCache(string folder, long most, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _holders = [];
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _makers = new();

    /// <summary>
    /// Gets an environment, or creates it; concurrent callers with the same key wait for one creation.
    /// </summary>
    /// <param name="key">Identifies the environment.</param>
    /// <param name="make">Fills an empty folder.</param>
    /// <param name="cancellationToken">Cancels the wait for another creation.</param>
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
        Write(key, new KeptEnvironment(TreeSize.Of(path, cancellationToken).Bytes, time.GetUtcNow()));
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
                // Deletes the marker file first, so that a half-deleted folder does not count as an environment.
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

    private void Write(string key, KeptEnvironment kept) => ReplacedFile.Write(FileOf(key), kept);

    private string PathOf(string key) => Path.Combine(folder, key);

    private string FileOf(string key) => PathOf(key) + ".json";
}

/// <summary>A complete environment.</summary>
internal sealed record KeptEnvironment(long Bytes, DateTimeOffset UsedAt);

/// <summary>An environment in use.</summary>
internal sealed class HeldEnvironment(string folder, Action giveBack) : IDisposable
{
    public string Folder => folder;

    public void Dispose() => giveBack();
}
