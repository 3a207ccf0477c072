using System.Globalization;
using System.Text;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// When which byte of the log was printed, in a spool of its own beside it: a line of an offset and a time in milliseconds of Unix
/// time, at most five a second. The log itself stays as the command wrote it.
/// </summary>
/// <param name="spool">Where the marks go.</param>
/// <param name="origin">Where in the run's log that of this attempt begins.</param>
/// <param name="time">The clock.</param>
internal sealed class LogTimes(Spool spool, long origin, TimeProvider time)
{
    private static readonly TimeSpan Finest = TimeSpan.FromMilliseconds(200);
    private long? _markedAt;

    /// <summary>The log's next bytes, from this one on, come now.</summary>
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
