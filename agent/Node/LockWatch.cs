using Microsoft.Extensions.Logging;
using Trainyard.Agent.Logging;

namespace Trainyard.Agent.Node;

/// <summary>
/// Checks that the lock file still exists. Deleting the home also deletes its service's data: the agent could never
/// deliver its attempts, and would wait forever.
/// </summary>
internal sealed class LockWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private readonly ITimer _timer;

    public LockWatch(string lockFile, TimeProvider time, ILogger logger, Action gone) =>
        _timer = time.CreateTimer(
            _ =>
            {
                if (File.Exists(lockFile))
                {
                    return;
                }
                Log.HomeGone(logger, lockFile);
                gone();
            },
            null,
            Interval,
            Interval
        );

    public void Dispose() => _timer.Dispose();
}
