namespace Trainyard.Agent.Verbs;

/// <summary>
/// Resolves links that a command made, with paths as the command saw them, and never looks outside one folder. Only for
/// folders that nothing writes to any more.
/// </summary>
internal sealed class ResultLinks(string root, string rootAsSeen)
{
    private const int MostLinks = 40;

    /// <returns>The final path below the root; null when the path leaves the root, loops or leads nowhere.</returns>
    public string? Resolve(string relative)
    {
        var resolved = new List<string>();
        var ahead = new Stack<string>();
        var links = 0;
        Push(ahead, relative);
        while (ahead.TryPop(out var name))
        {
            if (name is "" or ".")
            {
                continue;
            }
            if (name == "..")
            {
                if (resolved.Count == 0)
                {
                    return null;
                }
                resolved.RemoveAt(resolved.Count - 1);
                continue;
            }
            resolved.Add(name);
            if (TargetOf(resolved) is not { } target)
            {
                continue;
            }
            resolved.RemoveAt(resolved.Count - 1);
            if (++links > MostLinks || !Follow(target, resolved, ahead))
            {
                return null;
            }
        }
        var path = string.Join('/', resolved);
        return Path.Exists(Path.Combine(root, path)) ? path : null;
    }

    private bool Follow(string target, List<string> resolved, Stack<string> ahead)
    {
        if (target.StartsWith('/'))
        {
            if (target != rootAsSeen && !target.StartsWith(rootAsSeen + "/", StringComparison.Ordinal))
            {
                return false;
            }
            resolved.Clear();
            target = target[rootAsSeen.Length..];
        }
        Push(ahead, target);
        return true;
    }

    private string? TargetOf(List<string> names) => new FileInfo(Path.Combine([root, .. names])).LinkTarget;

    private static void Push(Stack<string> ahead, string path)
    {
        foreach (var name in path.Split('/').Reverse())
        {
            ahead.Push(name);
        }
    }
}
