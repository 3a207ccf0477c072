using System.Text.Json;
using Trainyard.Agent.Files;

namespace Trainyard.Agent.Containers;

/// <summary>
/// The images that this agent has pulled. Their total size is limited; the least recently used image is removed first.
/// Images that others put on the machine are used but never removed.
/// </summary>
/// <param name="file">The file that lists the images.</param>
/// <param name="most">The maximum size of all images together, in bytes.</param>
/// <param name="time">The clock.</param>
internal sealed class ImageCache(string file, long most, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _holders = [];
    private readonly List<KeptImage> _kept = Read(file);

    public bool Has(string id)
    {
        lock (_gate)
        {
            return _kept.Exists(image => image.Id == id);
        }
    }

    /// <summary>Whether any run may use the image.</summary>
    public bool IsPublic(string id)
    {
        lock (_gate)
        {
            return _kept.Exists(image => image.Id == id && image.IsPublic);
        }
    }

    /// <summary>Keeps an image from being removed until the result is disposed.</summary>
    public HeldImage Hold(LocalImage image, string name, bool isOurs, bool isPublic)
    {
        lock (_gate)
        {
            _holders[image.Id] = _holders.GetValueOrDefault(image.Id) + 1;
            if (isOurs)
            {
                Note(image, name, isPublic);
            }
        }
        return new HeldImage(image, () => GiveBack(image.Id));
    }

    /// <summary>Removes images until the rest is within the limit.</summary>
    public Task TrimAsync(IContainerEngine engine, CancellationToken cancellationToken) =>
        RemoveAsync(engine, most, cancellationToken);

    /// <summary>Removes all images that no run uses.</summary>
    /// <returns>Whether any image was removed.</returns>
    public Task<bool> ClearAsync(IContainerEngine engine, CancellationToken cancellationToken) =>
        RemoveAsync(engine, 0, cancellationToken);

    private async Task<bool> RemoveAsync(IContainerEngine engine, long limit, CancellationToken cancellationToken)
    {
        var hasRemoved = false;
        foreach (var image in Surplus(limit))
        {
            // Removes each name; the last one removes the image. An image that something else uses stays, and is no
            // longer ours.
            foreach (var name in image.Names.Append(image.Id))
            {
                hasRemoved |= await engine.RemoveImageAsync(name, cancellationToken);
            }
            Forget(image.Id);
        }
        return hasRemoved;
    }

    private List<KeptImage> Surplus(long limit)
    {
        lock (_gate)
        {
            var total = _kept.Sum(image => image.Bytes);
            var surplus = new List<KeptImage>();
            foreach (var image in _kept.OrderBy(image => image.UsedAt).Where(image => !_holders.ContainsKey(image.Id)))
            {
                if (total <= limit)
                {
                    break;
                }
                surplus.Add(image);
                total -= image.Bytes;
            }
            return surplus;
        }
    }

    private void Note(LocalImage image, string name, bool isPublic)
    {
        var before = _kept.Find(kept => kept.Id == image.Id);
        _kept.RemoveAll(kept => kept.Id == image.Id);
        _kept.ForEach(kept => kept.Names.Remove(name));
        _kept.Add(
            new KeptImage
            {
                Id = image.Id,
                Names = [.. (before?.Names ?? []).Append(name).Distinct()],
                Bytes = image.Bytes,
                UsedAt = time.GetUtcNow(),
                IsPublic = isPublic || before is { IsPublic: true },
            }
        );
        Write();
    }

    private void Forget(string id)
    {
        lock (_gate)
        {
            if (!_holders.ContainsKey(id))
            {
                _kept.RemoveAll(image => image.Id == id);
                Write();
            }
        }
    }

    private void GiveBack(string id)
    {
        lock (_gate)
        {
            if (--_holders[id] == 0)
            {
                _holders.Remove(id);
            }
        }
    }

    private void Write()
    {
        try
        {
            ReplacedFile.Write(file, _kept);
        }
        catch (IOException e) when (DiskSpace.IsLacking(e))
        {
            // On a full disk the old file stays, so the agent forgets that it has pulled this image.
        }
    }

    private static List<KeptImage> Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<List<KeptImage>>(File.ReadAllBytes(file)) ?? [];
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return [];
        }
    }
}

/// <summary>An image that this agent has pulled.</summary>
internal sealed record KeptImage
{
    public required string Id { get; init; }

    public required List<string> Names { get; init; }

    public required long Bytes { get; init; }

    public required DateTimeOffset UsedAt { get; init; }

    /// <summary>Whether its registry gave the image without a login.</summary>
    public required bool IsPublic { get; init; }
}

/// <summary>An image in use.</summary>
internal sealed class HeldImage(LocalImage image, Action giveBack) : IDisposable
{
    public LocalImage Image => image;

    public void Dispose() => giveBack();
}
