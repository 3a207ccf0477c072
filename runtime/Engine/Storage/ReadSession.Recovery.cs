using Microsoft.DurableTask.Client;

namespace Trainyard.Runtime.Engine.Storage;

internal sealed partial class ReadSession
{
    /// <summary>The instances that a restart must look after: due times of all, and those that have something to do now.</summary>
    public (List<(long Seq, DateTime Due)> Timers, List<long> Busy) Unfinished()
    {
        var timers = new List<(long, DateTime)>();
        var busy = new HashSet<long>();
        using var rows = database.Prepare(
            $"SELECT seq, status, busy, next_due FROM states WHERE status IN {Sql.NotEnded}"
        );
        while (rows.Step())
        {
            var seq = rows.Int64(0);
            var unstarted = (OrchestrationRuntimeStatus)rows.Int32(1) == OrchestrationRuntimeStatus.Pending;
            if (Time(rows.NullableInt64(3)) is { } due)
            {
                timers.Add((seq, due));
            }
            else if (unstarted)
            {
                busy.Add(seq);
            }

            if (rows.Int32(2) > 0)
            {
                busy.Add(seq);
            }
        }

        using var waiting = database.Prepare("SELECT DISTINCT seq FROM inbox");
        while (waiting.Step())
        {
            busy.Add(waiting.Int64(0));
        }

        return (timers, [.. busy]);
    }
}
