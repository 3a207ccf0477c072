using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Trainyard.Agent.Logging;

namespace Trainyard.Agent.Processes;

/// <summary>
/// The processes that commands leave behind without a sandbox and without control groups. When a process has left its
/// session and dropped its variables, and its parent ends, the agent inherits it. Its start time tells its command:
/// one that ran at that time, and if there are several, the one that ends last.
/// </summary>
internal sealed class Orphans : IDisposable
{
    private static readonly TimeSpan ReapInterval = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private readonly Dictionary<int, long> _started = [];
    private readonly ITimer _reaping;
    private HashSet<RemainingProcess> _dead = [];

    private Orphans(TimeProvider time) => _reaping = time.CreateTimer(_ => Reap(), null, ReapInterval, ReapInterval);

    /// <returns>Null where the kernel does not let this process inherit orphans.</returns>
    public static Orphans? TryBegin(TimeProvider time, ILogger logger)
    {
        if (Native.InheritOrphans())
        {
            return new Orphans(time);
        }
        NodeLog.NoOrphans(logger);
        return null;
    }

    /// <summary>Starts a command so that it never counts as an orphan itself.</summary>
    public Process Start(ProcessStartInfo start)
    {
        lock (_gate)
        {
            var process = Process.Start(start)!;
            _started[process.Id] = ProcessEntry.Read(process.Id)?.StartTime ?? 0;
            return process;
        }
    }

    /// <summary>Whether the process may be left by this command, and not by another one that still runs.</summary>
    public bool IsLeftBy(ProcessMark command, ProcessEntry process)
    {
        // The agent's own helper processes stay in the agent's session.
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

    // .NET reaps its own children within moments, so a child that is dead at two looks was inherited.
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
