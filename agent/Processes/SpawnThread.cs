using System.Collections.Concurrent;
using System.Diagnostics;

namespace Trainyard.Agent.Processes;

/// <summary>
/// Starts processes from one thread that lives as long as the agent: a process that is to die with its parent dies, on
/// Linux, with the thread that started it, and the threads of a pool come and go.
/// </summary>
internal sealed class SpawnThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    public SpawnThread() => new Thread(Run) { IsBackground = true, Name = "spawn" }.Start();

    /// <summary>What commands leave to this process; null where they cannot.</summary>
    public Orphans? Orphans { get; init; }

    public Task<Process> StartAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                // Each time: .NET begins to ignore SIGPIPE when it first needs to.
                IgnoredSignals.Handle();
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
