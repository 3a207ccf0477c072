using Microsoft.Extensions.Logging;
using Trainyard.Agent.Logging;

namespace Trainyard.Agent.Node;

/// <summary>
/// Looks whether the lock file is still there. Who deletes the home deletes its service's memory: what the agent still
/// holds could never be delivered, and it would wait for ever.
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
