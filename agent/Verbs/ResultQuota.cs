using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Trainyard.Agent.Files;
using Trainyard.Agent.Settings;

namespace Trainyard.Agent.Verbs;

/// <summary>Counts the results of one attempt against the limits of the node.</summary>
internal sealed class ResultQuota(AgentOptions options)
{
    /// <summary>Entries of all kinds, also skipped ones: each costs time and memory.</summary>
    private const int MostEntries = 1_000_000;

    private long _bytes;
    private int _entries;
    private int _files;

    /// <summary>The first file that was refused for its holes; null when there is none.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Counts an entry.</summary>
    /// <exception cref="ResultsLimitException">There are too many entries.</exception>
    public FolderEntry Look(FolderEntry entry) =>
        ++_entries <= MostEntries
            ? entry
            : throw new ResultsLimitException($"the results are more than {MostEntries} files and folders");

    /// <exception cref="ResultsLimitException">There are too many files or bytes.</exception>
    public void Add(long fileBytes)
    {
        _bytes += fileBytes;
        if (++_files > options.MaxResultFiles)
        {
            throw new ResultsLimitException($"the results are more than {options.MaxResultFiles} files");
        }
        if (_bytes > options.MaxResultBytes)
        {
            throw new ResultsLimitException($"the results are more than {Size(options.MaxResultBytes)}");
        }
    }

    /// <summary>
    /// Refuses a file of mostly holes: one line of code can make a sparse file larger than any disk or bucket.
    /// </summary>
    /// <returns>The reason of a refusal; null when the file is stored.</returns>
    public string? RefusalOfHoles(string path, SafeFileHandle file, long length)
    {
        var holes = SparseFileHoles.In(file, length);
        if (holes <= options.MaxHoleBytes)
        {
            return null;
        }
        var why = $"{Size(holes)} of its {Size(length)} are holes, more than {Size(options.MaxHoleBytes)}";
        Refusal ??= $"'{PrintableText.Of(path)}': {why}";
        return why;
    }

    private static string Size(long bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture) + " bytes";
}

/// <summary>The results exceed a limit. The message is for the run's owner.</summary>
internal sealed class ResultsLimitException(string message) : Exception(message);
