using Trainyard.Chaos.World;

namespace Trainyard.Chaos.Faults;

/// <summary>All that a campaign does to the programs.</summary>
internal static class FaultCatalogue
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(4);

    // Longer than a lease: a node comes back to runs that are no longer its own.
    private static readonly TimeSpan Long = Yard.Lease + TimeSpan.FromSeconds(4);

    /// <summary>The faults that can be made here.</summary>
    public static IReadOnlyList<Fault> For(Yard yard, IReadOnlyList<string> only) =>
        [
            .. Programs(yard)
                .Concat(Lines())
                .Concat(yard.Host is null ? [] : Hosts())
                .Concat(yard.ServiceDisk.IsSized ? Disks() : [])
                .Concat(yard.CanSetClock ? Clocks() : [])
                .Where(fault => only.Count == 0 || only.Any(fault.Name.Contains)),
        ];

    private static IEnumerable<Fault> Programs(Yard yard)
    {
        yield return new("kill service", 4, (y, _) => y.Service.Kill(), y => y.Service.Start(), Short);
        yield return new("restart service", 1, (y, _) => y.Service.Terminate(), y => y.Service.Start(), Long);
        yield return new("freeze service", 2, (y, _) => y.Service.Freeze(), y => y.Service.Thaw(), Long);
        for (var index = 0; index < yard.Agents.Count; index++)
        {
            var agent = index;
            yield return new(
                $"kill agent {agent + 1}",
                2,
                (y, _) => y.Agents[agent].Kill(),
                y => y.Agents[agent].Start(),
                Short
            );
            yield return new(
                $"freeze agent {agent + 1}",
                2,
                (y, _) => y.Agents[agent].Freeze(),
                y => y.Agents[agent].Thaw(),
                Long
            );
        }

        yield return new(
            "kill everything",
            1,
            (y, _) => All(y, program => program.Kill()),
            y => All(y, program => program.Start()),
            Short
        );
    }

    private static IEnumerable<Fault> Lines()
    {
        for (var index = 0; index < 2; index++)
        {
            var line = index;
            yield return OnLine($"agent {line + 1} refused", y => y.AgentLines[line], ProxyMode.Refuse, Short);
            yield return OnLine($"agent {line + 1} stalled", y => y.AgentLines[line], ProxyMode.Stall, Long);
            yield return OnLine($"agent {line + 1} late", y => y.AgentLines[line], ProxyMode.Delay, Short);
            yield return new($"agent {line + 1} cut", 3, (y, _) => y.AgentLines[line].Cut(), _ => { }, Moment);
        }

        yield return OnLine("store refused", y => y.StoreLine, ProxyMode.Refuse, Short);
        yield return OnLine("store stalled", y => y.StoreLine, ProxyMode.Stall, Short);
        yield return OnLine("store late", y => y.StoreLine, ProxyMode.Delay, Short);
        yield return OnLine("store answers 503", y => y.StoreLine, ProxyMode.Unavailable, Short);
        yield return new("store cut", 4, (y, _) => y.StoreLine.Cut(), _ => { }, Moment);
    }

    private static IEnumerable<Fault> Hosts()
    {
        yield return new("host unplugged", 2, (y, _) => y.Host!.Unplug(), y => y.Host!.Plug(), Long);
        yield return new("host disturbed", 2, (y, _) => y.Host!.Disturb(), y => y.Host!.Calm(), Long);
    }

    private static IEnumerable<Fault> Disks()
    {
        yield return new(
            "service's disk full",
            2,
            (y, _) => y.ServiceDisk.Fill(leaving: 0),
            y => y.ServiceDisk.Free(),
            Short
        );
        yield return new(
            "service's disk nearly full",
            1,
            (y, r) => y.ServiceDisk.Fill(r.Next(8_000_000)),
            y => y.ServiceDisk.Free(),
            Short
        );
        for (var index = 0; index < 2; index++)
        {
            var disk = index;
            yield return new(
                $"node {disk + 1}'s disk full",
                1,
                (y, r) => y.NodeDisks[disk].Fill(r.Next(2) * 4_000_000),
                y => y.NodeDisks[disk].Free(),
                Short
            );
        }
    }

    private static IEnumerable<Fault> Clocks()
    {
        // Within what an S3 server takes for the present.
        yield return new("clock set forward", 1, (y, r) => y.SetClock(r.Next(60, 600)), y => y.SetClock(0), Long);
        yield return new("clock set back", 1, (y, r) => y.SetClock(-r.Next(60, 600)), y => y.SetClock(0), Long);
    }

    private static Fault OnLine(string name, Func<Yard, TcpProxy> line, ProxyMode mode, TimeSpan longest) =>
        new(name, 2, (y, _) => line(y).Mode = mode, y => line(y).Mode = ProxyMode.Pass, longest);

    private static void All(Yard yard, Action<SupervisedProcess> act)
    {
        foreach (var program in yard.Programs)
        {
            act(program);
        }
    }
}
