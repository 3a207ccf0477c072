using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Trainyard.Cli.Submission;

/// <summary>
/// Finds the values of a manifest that may come from the environment: those of a <c>connection</c>, and a
/// <c>signing_key</c>. In a command, <c>${...}</c> belongs to the shell.
/// </summary>
internal sealed class ConnectionValues
{
    private readonly Stack<Level> levels = new();
    private readonly List<Scalar> found = [];

    /// <summary>The values in the order of the text; none if it is no YAML.</summary>
    public static IReadOnlyList<Scalar> Of(string manifest)
    {
        var walk = new ConnectionValues();
        try
        {
            var parser = new Parser(new StringReader(manifest));
            while (parser.MoveNext())
                walk.Take(parser.Current!);
            return walk.found;
        }
        catch (YamlException)
        {
            // The service says where and why, with everything else that is wrong.
            return [];
        }
    }

    private void Take(ParsingEvent item)
    {
        if (item is MappingEnd or SequenceEnd)
            levels.Pop();
        else if (item is MappingStart or SequenceStart)
            levels.Push(new Level(item is MappingStart, NextMayBeTaken(null)));
        else if (item is Scalar scalar && NextMayBeTaken(scalar))
            found.Add(scalar);
        else if (item is AnchorAlias)
            NextMayBeTaken(null);
    }

    // In a map, keys and values take turns; a list's items are all values of the list's own key.
    private bool NextMayBeTaken(Scalar? node)
    {
        if (!levels.TryPeek(out var level))
            return false;
        if (!level.IsMap)
            return level.IsOpen;
        level.IsAtValue = !level.IsAtValue;
        if (!level.IsAtValue)
            return level.IsOpen || level.Key is "connection" or "signing_key";
        level.Key = node?.Value;
        return false;
    }

    private sealed class Level(bool isMap, bool isOpen)
    {
        public bool IsMap { get; } = isMap;

        /// <summary>Inside a connection.</summary>
        public bool IsOpen { get; } = isOpen;

        /// <summary>A key was read and its value is next.</summary>
        public bool IsAtValue { get; set; }

        public string? Key { get; set; }
    }
}
