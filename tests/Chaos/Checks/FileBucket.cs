namespace Trainyard.Chaos.Checks;

/// <summary>A bucket of the service's own <c>file</c> store.</summary>
internal sealed class FileBucket(string folder) : IResultBucket
{
    public Task<IReadOnlyList<string>> ListAsync(string runId)
    {
        var root = Path.Combine(folder, runId);
        IReadOnlyList<string> names = Directory.Exists(root)
            ?
            [
                .. Directory
                    .EnumerateFiles(root, "*", SearchOption.AllDirectories)
                    .Select(path => Path.GetRelativePath(root, path)),
            ]
            : [];
        return Task.FromResult(names);
    }

    public Task<Stream> OpenAsync(string runId, string name) =>
        Task.FromResult<Stream>(File.OpenRead(Path.Combine(folder, runId, name)));
}
