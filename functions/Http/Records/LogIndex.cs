using System.Runtime.InteropServices;
using Trainyard.Contracts;

namespace Trainyard.Functions.Http.Records;

/// <summary>
/// Remembers places in logs that clients read page by page, so that a page need not be searched from the first line. It
/// is only a cache: a missing place is found by reading.
/// </summary>
internal sealed class LogIndex
{
    /// <summary>Lines from one place to the next; longer logs use a multiple of it.</summary>
    public const int Spacing = 500;

    private const int MostLogs = 256;
    private const int MostPlaces = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<BlobName, Places> _logs = [];
    private readonly Queue<BlobName> _oldest = new();

    /// <summary>The last known place before the range; the log's start if there is none.</summary>
    public LogPlace FindBefore(BlobName log, RecordRange range)
    {
        lock (_lock)
        {
            return _logs.TryGetValue(log, out var places) ? places.FindBefore(range) : LogPlace.Start;
        }
    }

    /// <summary>Keeps a place if it is far enough from the last one.</summary>
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

    /// <summary>
    /// The places of one log. When they are too many, every other one is dropped and the spacing doubles.
    /// </summary>
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

/// <summary>The end of a line in a log, as a place to go on reading from.</summary>
/// <param name="Index">The line's number, from 1; 0 before the first.</param>
/// <param name="TimeMs">Its time in milliseconds of Unix time.</param>
/// <param name="Offset">Where the next line begins.</param>
/// <param name="MarkOffset">The offset of its time mark in the marks' blob.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LogPlace(long Index, long TimeMs, long Offset, long MarkOffset)
{
    public static LogPlace Start => default;

    /// <summary>Whether no line up to here is in the range: numbers and times both grow.</summary>
    public bool IsBefore(RecordRange range) => Index < range.FromIndex || TimeMs < range.SinceMs;
}
