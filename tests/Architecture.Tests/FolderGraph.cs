namespace Trainyard.Architecture.Tests;

/// <summary>Which folder of a project uses types of which other one.</summary>
internal sealed class FolderGraph
{
    // Folder, the folders it uses, and a sentence that says where.
    private readonly SortedDictionary<string, SortedDictionary<string, string>> _uses = new(StringComparer.Ordinal);

    public static FolderGraph Of(Repository repository, ProjectFile project)
    {
        var sources = repository
            .SourcesOf(project)
            .Select(file => SourceFile.Parse(file.Key, file.Value))
            .OrderBy(source => source.Path, StringComparer.Ordinal)
            .ToList();
        var declared = sources.SelectMany(source => source.Declares.Select(name => (Name: name, Source: source)));
        var byName = declared.ToLookup(entry => entry.Name, entry => entry.Source);
        var graph = new FolderGraph();
        foreach (var source in sources)
        {
            foreach (var word in source.Words)
            {
                foreach (var other in byName[word].Where(source.Sees))
                {
                    graph.Add(source.Folder, other.Folder, $"{source.Name} uses {word}");
                }
            }
        }

        return graph;
    }

    /// <summary>The shortest circle through each folder; one that several share is named once.</summary>
    public IEnumerable<string> Cycles() =>
        from folder in _uses.Keys
        let cycle = ShortestCycle(folder)
        where cycle is not null && cycle.All(other => string.CompareOrdinal(folder, other) <= 0)
        select string.Join(
            ", ",
            cycle.Zip(cycle.Skip(1).Append(folder), (a, b) => $"{Show(a)} -> {Show(b)} ({_uses[a][b]})")
        );

    private static string Show(string folder) => ProjectFile.LastPart(folder);

    private List<string>? ShortestCycle(string start)
    {
        var from = new Dictionary<string, string>(StringComparer.Ordinal);
        var next = new Queue<string>([start]);
        while (next.TryDequeue(out var folder))
        {
            foreach (var other in UsedBy(folder))
            {
                if (other == start)
                {
                    return PathTo(folder, from);
                }

                if (from.TryAdd(other, folder))
                {
                    next.Enqueue(other);
                }
            }
        }

        return null;
    }

    private static List<string> PathTo(string folder, Dictionary<string, string> from)
    {
        var path = new List<string> { folder };
        while (from.TryGetValue(path[^1], out var before))
        {
            path.Add(before);
        }

        path.Reverse();
        return path;
    }

    private IEnumerable<string> UsedBy(string folder) =>
        _uses.TryGetValue(folder, out var used) ? used.Keys : Enumerable.Empty<string>();

    private void Add(string folder, string used, string where)
    {
        if (folder == used)
        {
            return;
        }

        if (!_uses.TryGetValue(folder, out var all))
        {
            _uses[folder] = all = new(StringComparer.Ordinal);
        }

        all.TryAdd(used, where);
    }
}
