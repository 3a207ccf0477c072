using Microsoft.DurableTask.Client;

namespace Trainyard.Runtime.Engine.Storage;

internal sealed partial class ReadSession
{
    /// <summary>The instances that a restart must look after: due times of all, and those that have something to do now.</summary>
    public (List<(long Seq, DateTime Due)> Timers, List<long> Busy) Unfinished()
    {
        var timers = new List<(long, DateTime)>();
        var busy = new HashSet<long>();
        var rows = Prepared($"SELECT seq, status, busy, next_due FROM states WHERE status IN {Sql.NotEnded}");
        while (rows.Step())
        {
            var seq = rows.GetInt64(0);
            var unstarted = (OrchestrationRuntimeStatus)rows.GetInt32(1) == OrchestrationRuntimeStatus.Pending;
            if (Time(rows.GetInt64OrNull(3)) is { } due)
            {
                timers.Add((seq, due));
            }
            else if (unstarted)
            {
                busy.Add(seq);
            }

            if (rows.GetInt32(2) > 0)
            {
                busy.Add(seq);
            }
        }

        rows.Reset();
        var waiting = Prepared("SELECT DISTINCT seq FROM inbox");
        while (waiting.Step())
        {
            busy.Add(waiting.GetInt64(0));
        }

        waiting.Reset();

        return (timers, [.. busy]);
    }
}
