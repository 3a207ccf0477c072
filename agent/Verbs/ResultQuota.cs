using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Trainyard.Agent.Files;
using Trainyard.Agent.Settings;

namespace Trainyard.Agent.Verbs;

/// <summary>How much one attempt may store.</summary>
internal sealed class ResultQuota(AgentOptions options)
{
    /// <summary>Of all kinds, also those that are skipped: each costs time and memory.</summary>
    private const int MostEntries = 1_000_000;

    private long _bytes;
    private int _entries;
    private int _files;

    /// <summary>The first thing that was too much; null when all is well.</summary>
    public string? Refusal { get; private set; }

    /// <summary>An entry that was met.</summary>
    /// <exception cref="ResultsLimitException">That is one too many.</exception>
    public FolderEntry Look(FolderEntry entry) =>
        ++_entries <= MostEntries
            ? entry
            : throw new ResultsLimitException($"the results are more than {MostEntries} files and folders");

    /// <exception cref="ResultsLimitException">That is too much.</exception>
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

    /// <summary>A file that is hardly there: a line of code can make one larger than any disk or bucket.</summary>
    /// <returns>Why it is not stored; null when it is.</returns>
    public string? RefusalOfHoles(string path, SafeFileHandle file, long length)
    {
        var holes = Holes.In(file, length);
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

/// <summary>There is more than may be stored. The message is for the run's owner.</summary>
internal sealed class ResultsLimitException(string message) : Exception(message);
