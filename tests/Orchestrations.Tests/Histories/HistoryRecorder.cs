using System.Runtime.CompilerServices;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;

namespace Trainyard.Orchestrations.Tests.Histories;

/// <summary>
/// Writes the recordings anew beside this file, when TRAINYARD_RECORD_HISTORIES is set; otherwise shows that today's code can
/// still be recorded. Only for a new scenario or a new version of the orchestrator.
/// </summary>
public sealed class HistoryRecorder
{
    [Fact]
    public Task Success() =>
        RecordAsync(
            "success",
            async host =>
            {
                await host.RaiseAsync(new RunStarted(1));
                await host.FinishAsync(1, AttemptOutcome.Succeeded, exitCode: 0);
            },
            host => host.Plan = new() { Units = 11 }
        );

    [Fact]
    public Task Command_failed() =>
        RecordAsync("command-failed", host => host.FinishAsync(1, AttemptOutcome.CommandFailed, exitCode: 3));

    [Fact]
    public Task Canceled() =>
        RecordAsync(
            "canceled",
            async host =>
            {
                await host.RaiseAsync(new RunStarted(1));
                await host.RaiseAsync(new CancelRequested());
                await host.CalledAsync("StopAttempt(1)");
                await host.FinishAsync(1, AttemptOutcome.Canceled, exitCode: 143);
            }
        );

    [Fact]
    public Task Node_lost() =>
        RecordAsync(
            "node-lost",
            async host =>
            {
                await host.RaiseAsync(new NodeLost(1, "node-a"));
                await host.CalledAsync("EnqueueRun(2)");
                await host.FinishAsync(1, AttemptOutcome.Succeeded, exitCode: 0);
                await host.FinishAsync(2, AttemptOutcome.Succeeded, exitCode: 0);
            }
        );

    [Fact]
    public Task Refused() =>
        RecordAsync(
            "refused",
            _ => Task.CompletedTask,
            host => host.ValidationRefusal = RunReason.User("store_denied", "The store refuses these credentials."),
            isQueued: false
        );

    private static async Task RecordAsync(
        string name,
        Func<OrchestratorHost, Task> script,
        Action<OrchestratorHost>? prepare = null,
        bool isQueued = true,
        [CallerFilePath] string source = ""
    )
    {
        await using var host = await OrchestratorHost.StartAsync<EmbeddedEngine>();
        prepare?.Invoke(host);
        await host.SubmitAsync();
        if (isQueued)
        {
            await host.CalledAsync("EnqueueRun(1)");
        }
        await script(host);
        await host.EndAsync();

        var history = await ((EmbeddedEngine)host.Engine).StopAndReadHistoryAsync(host.Run.ToString());

        Assert.NotEmpty(history.Turns);
        if (Environment.GetEnvironmentVariable("TRAINYARD_RECORD_HISTORIES") is not null)
        {
            history.Write(Path.Combine(Path.GetDirectoryName(source)!, $"{name}.json"));
        }
    }
}
