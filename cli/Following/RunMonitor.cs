using System.Text.Json;
using Trainyard.Cli.Commands;
using Trainyard.Core.Runs;

namespace Trainyard.Cli.Following;

/// <summary>Prints what a run does until it ends.</summary>
internal sealed class RunMonitor(Session session, RunId id, MonitorScope scope)
{
    private readonly StatusFilter statuses = new();

    private readonly IMonitorScreen screen = session.IsJson
        ? new JsonMonitorScreen(session.Terminal)
        : new TextMonitorScreen(session.Terminal, scope);

    public async Task<ExitCode> FollowAsync(CancellationToken cancellationToken)
    {
        screen.Start(id);
        var stream = scope is MonitorScope.Metrics ? "metrics" : "logs";
        var follower = new EventFollower(session.Service, id, stream, session.Surroundings.Reconnect, Note);
        var last = RunEvent.Nothing;
        try
        {
            await foreach (var item in follower.FollowAsync(cancellationToken))
                Print(last = item);
        }
        catch (OperationCanceledException)
        {
            Note($"No longer followed; the run goes on ('bx ml cancel training-runs {id}' ends it).");
            throw;
        }
        await PrintResultsAsync(cancellationToken);
        return HasCompleted(last) ? ExitCode.Success : ExitCode.RunFailed;
    }

    private void Note(string sentence) => session.Terminal.ErrorLine(sentence);

    private void Print(RunEvent item)
    {
        if (statuses.IsNews(item))
            screen.Print(item);
    }

    private async Task PrintResultsAsync(CancellationToken cancellationToken)
    {
        try
        {
            screen.Finish((await session.Service.GetRunAsync(id, cancellationToken)).Value);
        }
        catch (CliFailure)
        {
            // How the run ended is known already; where its results are is only a help.
        }
    }

    private static bool HasCompleted(RunEvent end)
    {
        using var status = JsonDocument.Parse(end.Data);
        return status.RootElement.TryGetProperty("state", out var state) && state.ValueEquals("completed")
            || status.RootElement.TryGetProperty("phase", out var phase) && phase.ValueEquals("COMPLETED");
    }
}
