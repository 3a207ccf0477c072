using Trainyard.Agent.Limits;

namespace Trainyard.Agent.Processes;

/// <summary>
/// All processes of one command: its session, and processes that left the session but kept the command's variable.
/// </summary>
/// <param name="mark">Identifies the processes.</param>
/// <param name="ours">
/// Whether this agent itself started the leader. For a session without a leader that an earlier agent left, only
/// processes with the variable count: the session's number may have been reused.
/// </param>
/// <param name="time">The clock.</param>
/// <param name="controlGroup">The kernel's own list of the processes; null without a control group.</param>
/// <param name="orphans">Used without a control group: the processes that the agent has inherited.</param>
internal sealed class ProcessGroup(
    ProcessMark mark,
    bool ours,
    TimeProvider time,
    ControlGroup? controlGroup = null,
    Orphans? orphans = null
)
{
    /// <summary>
    /// The time that a killed process may take to disappear. It first frees its memory, also a GPU's. A process that
    /// waits for a device, or belongs to another user, may never disappear.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private static readonly HashSet<int> NoMembers = [];

    public ProcessMark Mark => mark;

    /// <summary>The same group, with these processes as certain members, whatever happens to their session.</summary>
    public ProcessGroup With(IEnumerable<ProcessEntry> remaining) =>
        new(
            mark with
            {
                Remaining = [.. remaining.Select(p => new RemainingProcess(p.Pid, p.StartTime))],
            },
            ours,
            time,
            controlGroup
        );

    public IReadOnlyList<ProcessEntry> Members()
    {
        var all = ProcessEntry.All().ToList();
        var leader = all.Find(p => p.Pid == mark.Leader);
        var sessionIsOurs = leader is null ? ours : leader.StartTime == mark.StartTime;
        var grouped = controlGroup?.Members() ?? NoMembers;
        var members = all.Where(p =>
                (sessionIsOurs && p.Session == mark.Leader)
                || grouped.Contains(p.Pid)
                || IsMarked(p)
                || IsRemaining(p)
                || orphans?.IsLeftBy(mark, p) == true
            )
            .ToList();
        return WithDescendants(members, all);
    }

    /// <summary>The processes that have left the session and dropped the variable.</summary>
    public IEnumerable<ProcessEntry> Strays() =>
        Members().Where(p => p.Session != mark.Leader && !p.HasVariable(mark.Variable));

    // A process that left the session is still the child of a process that did not.
    private static List<ProcessEntry> WithDescendants(List<ProcessEntry> members, List<ProcessEntry> all)
    {
        var children = all.ToLookup(p => p.Parent);
        var known = members.Select(p => p.Pid).ToHashSet();
        for (var at = 0; at < members.Count; at++)
        {
            members.AddRange(children[members[at].Pid].Where(child => known.Add(child.Pid)));
        }
        return members;
    }

    /// <summary>
    /// Sends SIGKILL until no process is left: the next round catches processes that were forked meanwhile.
    /// </summary>
    /// <returns>The processes that are still there after the patience.</returns>
    public async Task<IReadOnlyList<ProcessEntry>> KillAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        for (var pause = Poll / 5; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var members = Kill();
            if (members.Count == 0 || time.GetElapsedTime(begin) >= patience)
            {
                return members;
            }
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <summary>Sends SIGKILL to all processes once.</summary>
    /// <returns>The processes that were signaled.</returns>
    public IReadOnlyList<ProcessEntry> Kill()
    {
        var members = Members();
        foreach (var member in members)
        {
            Native.Signal(member.Pid, Native.SigKill);
        }
        return members;
    }

    /// <summary>Sends SIGTERM and waits for the processes to end; the caller kills the rest.</summary>
    /// <remarks>
    /// A shell that waits for a program and does not handle SIGTERM would die at once, and its sandbox with it, and
    /// leave the program no time to end. Such a shell is stopped until the program is gone.
    /// </remarks>
    /// <param name="wrappers">
    /// The generations from the leader on that only wrap the command (a sandbox): they get no SIGTERM.
    /// </param>
    /// <param name="grace">The longest time to wait after SIGTERM.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task StopAsync(int wrappers, TimeSpan grace, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        var members = Members();
        var chain = Generations(members, wrappers + 1);
        var spared = chain.Take(wrappers).Select(p => p.Pid).ToHashSet();
        var held = chain.Count > wrappers && IsWaitingShell(chain[wrappers], members) ? chain[wrappers] : null;
        if (held is not null)
        {
            Native.Signal(held.Pid, Native.SigStop);
            Terminate(members, [.. spared, held.Pid]);
            await GoneAsync([.. spared, held.Pid], begin, grace, cancellationToken);
            Native.Signal(held.Pid, Native.SigTerm);
            Native.Signal(held.Pid, Native.SigCont);
        }
        else
        {
            Terminate(members, spared);
        }
        await GoneAsync(spared, begin, grace, cancellationToken);
    }

    private static void Terminate(IEnumerable<ProcessEntry> members, HashSet<int> spared)
    {
        foreach (var member in members.Where(p => !spared.Contains(p.Pid)))
        {
            Native.Signal(member.Pid, Native.SigTerm);
        }
    }

    private async Task GoneAsync(HashSet<int> spared, long begin, TimeSpan grace, CancellationToken cancellationToken)
    {
        while (time.GetElapsedTime(begin) < grace && Members().Any(p => !spared.Contains(p.Pid)))
        {
            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    private static bool IsWaitingShell(ProcessEntry process, IReadOnlyList<ProcessEntry> members) =>
        members.Any(p => p.Parent == process.Pid) && !process.CatchesTerm();

    private List<ProcessEntry> Generations(IReadOnlyList<ProcessEntry> members, int count)
    {
        var chain = new List<ProcessEntry>();
        var next = members.FirstOrDefault(p => p.Pid == mark.Leader);
        while (next is not null && chain.Count < count)
        {
            chain.Add(next);
            next = members.FirstOrDefault(p => p.Parent == chain[^1].Pid);
        }
        return chain;
    }

    private bool IsRemaining(ProcessEntry process) =>
        mark.Remaining.Any(known => known.Pid == process.Pid && known.StartTime == process.StartTime);

    private bool IsMarked(ProcessEntry process) =>
        process.StartTime >= mark.StartTime && process.HasVariable(mark.Variable);
}
