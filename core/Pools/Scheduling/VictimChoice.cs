namespace Trainyard.Core.Pools.Scheduling;

/// <summary>
/// Chooses which runs to stop so that enough nodes have room: little work is lost, and each of them is needed. To stop a
/// run on several nodes costs the work of all of them, and makes room on all of them.
/// </summary>
internal sealed class VictimChoice(IReadOnlyList<VictimRoom> rooms, IReadOnlyList<Victim> victims, int needed)
{
    /// <summary>The choice; null when stopping all of them does not make enough room.</summary>
    public PreemptedRoom? Choose()
    {
        var gangs = victims.Where(victim => victim.IsGang && victim.Places.Count > 0).ToList();
        var singles = Choose([]);
        var mixed = gangs.Count > 0 ? Choose(gangs) : null;
        var stopped = mixed is null || (singles is not null && Lost(singles) <= Lost(mixed)) ? singles : mixed;
        if (stopped is null)
        {
            return null;
        }
        stopped.ForEach(victim => victim.Stop());
        var nodes = rooms
            .Where(room => room.HasRoom)
            .OrderBy(room => room.SlotsLeft)
            .ThenBy(room => room.Node.Index)
            .Take(needed)
            .Select(room => room.Node);
        return new PreemptedRoom([.. nodes], stopped.ConvertAll(victim => victim.Run));
    }

    // Takes what loses the least work for each node that gets room by it, until there are enough.
    private List<Victim>? Choose(IReadOnlyList<Victim> gangs)
    {
        var stopped = new List<Victim>();
        while (needed - rooms.Count(room => room.HasRoom) is > 0 and var missing)
        {
            if (Next(gangs, missing) is not { } next)
            {
                stopped.ForEach(victim => victim.GoOn());
                return null;
            }
            next.ForEach(victim => victim.Stop());
            stopped.AddRange(next);
        }
        foreach (var victim in stopped.OrderByDescending(victim => victim.LostWork).ToList())
        {
            victim.GoOn();
            if (rooms.Count(room => room.HasRoom) < needed)
            {
                victim.Stop();
            }
        }
        stopped.RemoveAll(victim => !victim.IsStopped);
        stopped.ForEach(victim => victim.GoOn());
        return stopped;
    }

    private List<Victim>? Next(IReadOnlyList<Victim> gangs, int missing) =>
        rooms
            .Where(room => !room.HasRoom)
            .Select(OnOne)
            .Concat(gangs.Where(gang => !gang.IsStopped).Select(gang => With(gang, missing)))
            .OfType<Step>()
            .MinBy(step => step.LostByNode)
            ?.Victims;

    // Room on one node without a stop of runs that are on others, too.
    private static Step? OnOne(VictimRoom room) =>
        room.Fill(default, room.Victims.Where(each => each.Victim is { IsGang: false, IsStopped: false }))
            is { } victims
            ? new Step(victims, Lost(victims))
            : null;

    // Room on some of a gang's nodes: on as many as make it cheapest for each.
    private static Step? With(Victim gang, int missing)
    {
        List<Victim> taken = [gang];
        Step? best = null;
        var fills = gang
            .Places.Where(place => !place.Room.HasRoom)
            .Select(place => place.Room.Fill(place.Demand, InTurn(place.Room, gang)))
            .OfType<List<Victim>>()
            .OrderBy(Lost)
            .Take(missing);
        foreach (var (before, fill) in fills.Index())
        {
            taken.AddRange(fill.Except(taken).ToList());
            var lost = Lost(taken) / (before + 1);
            best = best?.LostByNode <= lost ? best : new Step([.. taken], lost);
        }
        return best;
    }

    private static IEnumerable<(Victim Victim, Resources Demand)> InTurn(VictimRoom room, Victim gang)
    {
        var others = room.Victims.Where(each => each.Victim != gang && !each.Victim.IsStopped).ToList();
        return others
            .Where(each => !each.Victim.IsGang)
            .Concat(others.Where(each => each.Victim.IsGang).OrderBy(each => each.Victim.LostWork));
    }

    private static double Lost(IEnumerable<Victim> runs) => runs.Sum(victim => victim.LostWork);

    private sealed record Step(List<Victim> Victims, double LostByNode);
}

/// <summary>The nodes for a waiting run, and the runs that have to leave them; none where there is room already.</summary>
internal sealed record PreemptedRoom(IReadOnlyList<SchedulerNode> Nodes, IReadOnlyList<PlacedRun> Victims);
