using System.Globalization;
using System.Text;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Records when each part of the log was printed, in a separate spool: lines of an offset and a time in Unix
/// milliseconds, at most five a second. The log itself stays as the command wrote it.
/// </summary>
/// <param name="spool">The spool for the marks.</param>
/// <param name="origin">The offset of this attempt's log in the run's log.</param>
/// <param name="time">The clock.</param>
internal sealed class LogTimes(Spool spool, long origin, TimeProvider time)
{
    private static readonly TimeSpan Finest = TimeSpan.FromMilliseconds(200);
    private long? _markedAt;

    /// <summary>Call when bytes are added to the log at this offset.</summary>
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
