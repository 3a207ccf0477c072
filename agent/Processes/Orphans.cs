using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Trainyard.Agent.Logging;

namespace Trainyard.Agent.Processes;

/// <summary>
/// What commands leave behind without a sandbox and without control groups: a process that left its session and dropped its
/// variables is inherited, when its parent ends, by the agent. Whose it is shows from when it began: it belongs to a command
/// that ran then, and of several that ran then to the one that ends last.
/// </summary>
internal sealed class Orphans : IDisposable
{
    private static readonly TimeSpan ReapInterval = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private readonly Dictionary<int, long> _started = [];
    private readonly ITimer _reaping;
    private HashSet<RemainingProcess> _dead = [];

    private Orphans(TimeProvider time) => _reaping = time.CreateTimer(_ => Reap(), null, ReapInterval, ReapInterval);

    /// <returns>Null where the kernel does not let this process inherit others.</returns>
    public static Orphans? TryBegin(TimeProvider time, ILogger logger)
    {
        if (Native.InheritOrphans())
        {
            return new Orphans(time);
        }
        NodeLog.NoOrphans(logger);
        return null;
    }

    /// <summary>Starts a command, which is no orphan itself at any moment.</summary>
    public Process Start(ProcessStartInfo start)
    {
        lock (_gate)
        {
            var process = Process.Start(start)!;
            _started[process.Id] = ProcessEntry.Read(process.Id)?.StartTime ?? 0;
            return process;
        }
    }

    /// <summary>Whether this command, and no other one that still runs, may have left the process.</summary>
    public bool IsLeftBy(ProcessMark command, ProcessEntry process)
    {
        // What the agent starts for itself stays in the agent's session.
        if (
            process.Parent != Environment.ProcessId
            || process.Session == Native.Session
            || process.StartTime < command.StartTime
        )
        {
            return false;
        }
        lock (_gate)
        {
            return !_started.ContainsKey(process.Pid)
                && _started.All(other =>
                    other.Key == command.Leader || other.Value > process.StartTime || !IsRunning(other.Key, other.Value)
                );
        }
    }

    public void Dispose() => _reaping.Dispose();

    private static bool IsRunning(int pid, long startTime) => ProcessEntry.Read(pid)?.StartTime == startTime;

    // .NET takes its own dead children within moments; who is dead at two looks was inherited.
    private void Reap()
    {
        var dead = ProcessEntry.DeadChildren().Select(p => new RemainingProcess(p.Pid, p.StartTime)).ToHashSet();
        foreach (var process in dead.Where(_dead.Contains))
        {
            Native.Reap(process.Pid);
        }
        _dead = dead;
        lock (_gate)
        {
            foreach (var gone in _started.Keys.Where(pid => !Path.Exists($"/proc/{pid}")).ToList())
            {
                _started.Remove(gone);
            }
        }
    }
}
