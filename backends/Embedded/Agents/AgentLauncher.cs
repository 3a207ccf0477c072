using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Agents;

/// <summary>
/// Keeps one agent running on this machine while the service runs: it adopts an agent that an earlier service process
/// started, starts one when there is none, and restarts it when it dies.
/// </summary>
internal sealed partial class AgentLauncher(
    AgentProcess agent,
    IOptions<PoolOptions> pool,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<AgentLauncher> logger
) : BackgroundService
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // An agent that ran this long did not fail at its start.
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!pool.Value.StartAgent)
        {
            return;
        }
        if (!agent.IsInstalled)
        {
            LogMissing(agent.Program);
            return;
        }
        // Stops the agent as soon as the shutdown begins: the host waits for open requests, and the agent's long poll
        // is one.
        await using var stop = lifetime.ApplicationStopping.Register(agent.Stop);
        // Waits for the service to start: the agent needs it for work, and should not compete with its start for the
        // CPU.
        await StartedAsync(stoppingToken);
        await KeepAliveAsync(stoppingToken);
    }

    private async Task StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(stoppingToken);
    }

    // Delays when the agent fails at every start: 1 s, 2 s, 4 s, 8 s, 16 s, then every 30 s.
    private async Task KeepAliveAsync(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        while (true)
        {
            var since = time.GetTimestamp();
            await WatchOneAsync(stoppingToken);
            if (time.GetElapsedTime(since) > Settled)
            {
                pause = FirstPause;
            }
            await Task.Delay(pause, time, stoppingToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task WatchOneAsync(CancellationToken stoppingToken)
    {
        if (agent.FindPid() is { } pid)
        {
            LogTakenUp(pid);
            while (AgentProcess.IsAlive(pid))
            {
                await Task.Delay(LookInterval, time, stoppingToken);
            }
            LogGone(pid);
            return;
        }
        await StartOneAsync(stoppingToken);
    }

    private async Task StartOneAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var process = agent.Start();
            LogStarted(process.Id);
            await process.WaitForExitAsync(stoppingToken);
            agent.Forget();
            if (process.ExitCode != AgentProcess.AlreadyRunning)
            {
                LogExited(process.Id, process.ExitCode);
            }
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            LogNotStarted(e);
        }
    }

    [LoggerMessage(1200, LogLevel.Information, "Started the agent of this machine, process {Pid}.")]
    private partial void LogStarted(int pid);

    [LoggerMessage(1201, LogLevel.Information, "The agent of this machine runs already, process {Pid}.")]
    private partial void LogTakenUp(int pid);

    [LoggerMessage(1202, LogLevel.Warning, "The agent, process {Pid}, is gone.")]
    private partial void LogGone(int pid);

    [LoggerMessage(
        1203,
        LogLevel.Warning,
        "The agent, process {Pid}, exited with {ExitCode}; see agent/agent.log in the state folder."
    )]
    private partial void LogExited(int pid, int exitCode);

    [LoggerMessage(1204, LogLevel.Error, "The agent could not be started.")]
    private partial void LogNotStarted(Exception exception);

    [LoggerMessage(1205, LogLevel.Warning, "There is no agent at {Program}: runs will wait for another node.")]
    private partial void LogMissing(string program);
}
