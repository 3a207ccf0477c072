using System.Globalization;
using System.Text;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Records when the bytes of the log were printed, in a separate spool: lines of an offset and a time in milliseconds
/// of Unix time, at most five per second. The log itself is not changed.
/// </summary>
/// <param name="spool">Gets the marks.</param>
/// <param name="origin">The offset of this attempt's log in the run's log.</param>
/// <param name="time">The clock.</param>
internal sealed class LogTimes(Spool spool, long origin, TimeProvider time)
{
    private static readonly TimeSpan Finest = TimeSpan.FromMilliseconds(200);
    private long? _markedAt;

    /// <summary>Records that the log's bytes from this offset on are printed now.</summary>
    public void Mark(long offset)
    {
        if (_markedAt is { } at && time.GetElapsedTime(at) < Finest)
        {
            return;
        }
        _markedAt = time.GetTimestamp();
        var ms = time.GetUtcNow().ToUnixTimeMilliseconds();
        spool.Append(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{origin + offset} {ms}\n")));
    }
}
