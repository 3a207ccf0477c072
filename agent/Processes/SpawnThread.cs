using System.Collections.Concurrent;
using System.Diagnostics;

namespace Trainyard.Agent.Processes;

/// <summary>
/// Starts processes from one thread that lives as long as the agent. On Linux, a process that is to die with its
/// parent dies with the thread that started it, and pool threads come and go.
/// </summary>
internal sealed class SpawnThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    public SpawnThread() => new Thread(Run) { IsBackground = true, Name = "spawn" }.Start();

    /// <summary>The orphans that this process inherits; null where it cannot.</summary>
    public Orphans? Orphans { get; init; }

    /// <param name="start">The process.</param>
    /// <param name="enter">
    /// Called by the thread before it starts the process, for what the process is to inherit; disposed by it afterwards.
    /// </param>
    public Task<Process> StartAsync(ProcessStartInfo start, Func<IDisposable?>? enter = null)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                // Repeated for each start: .NET begins to ignore SIGPIPE only when it first needs to.
                IgnoredSignals.Handle();
                using var entered = enter?.Invoke();
                started.SetResult(Orphans?.Start(start) ?? Process.Start(start)!);
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        return started.Task;
    }

    public void Dispose() => _work.CompleteAdding();

    private void Run()
    {
        foreach (var start in _work.GetConsumingEnumerable())
        {
            start();
        }
    }
}
