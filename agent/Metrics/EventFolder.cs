using Trainyard.Agent.Files;

namespace Trainyard.Agent.Metrics;

/// <summary>
/// Reads TensorBoard's event files below a folder, including growing and new files. A file's folder names the metrics
/// group.
/// </summary>
internal sealed class EventFolder(JobPlace place, MetricsSink sink, Action<string> tell)
{
    private const int Deepest = 8;
    private const int MostFiles = 256;

    // A part of each event file's name.
    private const string Sign = "tfevents";

    private readonly Dictionary<string, Followed> _files = new(StringComparer.Ordinal);
    private bool _toldTooMany;

    /// <summary>Reads the new records.</summary>
    /// <param name="atEnd">Whether the files are complete.</param>
    public void Advance(bool atEnd)
    {
        using var folder = place.TryOpenFolder();
        if (folder is not null)
        {
            Walk(folder, place.Name, place.Names, Deepest);
        }
        foreach (var file in _files.Values)
        {
            // A step is complete when the next one begins, or when no more records arrive between two looks.
            if (atEnd || !file.HasNews)
            {
                file.Steps.Close();
            }
            file.HasNews = false;
        }
    }

    private void Walk(OpenFolder folder, string name, IReadOnlyList<string> path, int depth)
    {
        foreach (var entry in folder.Entries().OrderBy(entry => entry.Shown, StringComparer.Ordinal))
        {
            if (entry.Text is not { } text)
            {
                continue;
            }
            if (entry.Type is EntryType.Folder && depth > 0)
            {
                using var inner = folder.TryOpen(entry.Name);
                if (inner is not null)
                {
                    Walk(inner, text, [.. path, text], depth - 1);
                }
            }
            else if (entry.Type is EntryType.File && text.Contains(Sign, StringComparison.Ordinal))
            {
                Read(folder, entry.Name, name, [.. path, text]);
            }
        }
    }

    private void Read(OpenFolder folder, byte[] name, string group, IReadOnlyList<string> path)
    {
        if (Follow(string.Join('/', path), group, path) is not { Records.IsBroken: false } followed)
        {
            return;
        }
        using var file = folder.TryOpenFile(name);
        if (file is null)
        {
            return;
        }
        foreach (var record in followed.Records.ReadNew(file))
        {
            followed.HasNews = true;
            if (ScalarEvent.Parse(record) is { } read)
            {
                followed.Steps.Take(read);
            }
        }
        if (followed.Records.IsBroken)
        {
            sink.Refuse(
                "TensorBoard",
                string.Join('/', path),
                "this is no event file, or broken, and is followed no more"
            );
        }
    }

    private Followed? Follow(string key, string group, IReadOnlyList<string> path)
    {
        if (_files.TryGetValue(key, out var known))
        {
            return known;
        }
        if (_files.Count == MostFiles)
        {
            if (!_toldTooMany)
            {
                tell($"More than {MostFiles} event files of TensorBoard: metrics are read of the first only.");
            }
            _toldTooMany = true;
            return null;
        }
        var subId = IsSubRun(path[0]) ? path[0] : null;
        return _files[key] = new Followed(new EventRecords(), new StepRecords(group, subId, sink));
    }

    // In LOG_DIR, a folder with a number as its name holds the logs of a part of the run.
    private static bool IsSubRun(string name)
    {
        const string learner = "learner-";
        var number = name.StartsWith(learner, StringComparison.Ordinal) ? name[learner.Length..] : name;
        return number.Length > 0 && number.All(char.IsAsciiDigit);
    }

    private sealed record Followed(EventRecords Records, StepRecords Steps)
    {
        public bool HasNews { get; set; }
    }
}
