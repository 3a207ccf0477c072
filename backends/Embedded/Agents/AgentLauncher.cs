using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Agents;

/// <summary>
/// Keeps one agent running on this machine while the service runs: takes up the one that a service before this one
/// started, starts one when there is none, and again when it dies.
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

    // An agent that lived this long did not fail at its start.
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
        // At the beginning of the service's end: the agent's question for work is one of the requests it waits for.
        await using var stop = lifetime.ApplicationStopping.Register(agent.Stop);
        // The agent asks the service for work: there is no use in it before, and the start has the processor to itself.
        await StartedAsync(stoppingToken);
        await KeepAliveAsync(stoppingToken);
    }

    private async Task StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(stoppingToken);
    }

    // Schedule when it fails at every start: 1 s, 2 s, 4 s, 8 s, 16 s, then every 30 s.
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
