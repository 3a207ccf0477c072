namespace Trainyard.Runtime.Triggers.Blobs;

/// <summary>Distinguishes complete files from files that still grow, by comparing repeated looks.</summary>
internal sealed class SettledFiles(TimeSpan settleTime, TimeProvider timeProvider)
{
    private readonly Dictionary<string, (BlobVersion Version, long Since)> _seen = [];

    public bool IsSettled(BlobFile file)
    {
        if (_seen.TryGetValue(file.Name, out var seen) && seen.Version == file.Version)
        {
            return timeProvider.GetElapsedTime(seen.Since) >= settleTime;
        }
        _seen[file.Name] = (file.Version, timeProvider.GetTimestamp());
        return false;
    }

    public void KeepOnly(IReadOnlySet<string> names)
    {
        foreach (var name in _seen.Keys.Where(name => !names.Contains(name)).ToList())
        {
            _seen.Remove(name);
        }
    }

    public void Forget(string name) => _seen.Remove(name);
}
