using System.Runtime.InteropServices;
using Trainyard.Contracts;

namespace Trainyard.Functions.Http.Records;

/// <summary>
/// Places in the logs of runs that somebody reads page by page, so that a page is not looked for from the first line. Nothing
/// is lost with it: what is not here is found by reading.
/// </summary>
internal sealed class LogIndex
{
    /// <summary>Lines from one place to the next, in a log that is not too long for it.</summary>
    public const int Spacing = 500;

    private const int MostLogs = 256;
    private const int MostPlaces = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<BlobName, Places> _logs = [];
    private readonly Queue<BlobName> _oldest = new();

    /// <summary>The last place that is known before all that is asked for; the log's start where there is none.</summary>
    public LogPlace FindBefore(BlobName log, RecordRange range)
    {
        lock (_lock)
        {
            return _logs.TryGetValue(log, out var places) ? places.FindBefore(range) : LogPlace.Start;
        }
    }

    /// <summary>Keeps a place, where it is far enough from the last one.</summary>
    public void Add(BlobName log, LogPlace place)
    {
        lock (_lock)
        {
            if (!_logs.TryGetValue(log, out var places))
            {
                if (_logs.Count == MostLogs)
                {
                    _logs.Remove(_oldest.Dequeue());
                }
                _logs[log] = places = new Places();
                _oldest.Enqueue(log);
            }
            places.Add(place);
        }
    }

    /// <summary>Of a longer log, the places lie farther apart.</summary>
    private sealed class Places
    {
        private List<LogPlace> _all = [];
        private long _spacing = Spacing;

        public LogPlace FindBefore(RecordRange range) => _all.FindLast(place => place.IsBefore(range));

        public void Add(LogPlace place)
        {
            if (_all.Count > 0 && place.Index < _all[^1].Index + _spacing)
            {
                return;
            }
            _all.Add(place);
            if (_all.Count == MostPlaces)
            {
                _all = [.. _all.Where((_, i) => i % 2 == 1)];
                _spacing *= 2;
            }
        }
    }
}

/// <summary>The end of a line.</summary>
/// <param name="Index">The line's place, from 1; 0 before the first.</param>
/// <param name="TimeMs">Its time in milliseconds of Unix time.</param>
/// <param name="Offset">Where the next line begins.</param>
/// <param name="MarkOffset">Where the mark of its time is, beside the log.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LogPlace(long Index, long TimeMs, long Offset, long MarkOffset)
{
    public static LogPlace Start => default;

    /// <summary>Whether nothing up to here is in the range: places and times both grow.</summary>
    public bool IsBefore(RecordRange range) => Index < range.FromIndex || TimeMs < range.SinceMs;
}
