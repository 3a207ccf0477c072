using System.Text.Json;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Json;
using Trainyard.Cli.Service;
using Trainyard.Cli.Sessions;
using Trainyard.Cli.Streams;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Following;

/// <summary>Prints what a run does until it ends.</summary>
internal sealed class RunMonitor(Session session, RunId id, MonitorScope scope, LogSelection wanted)
{
    private readonly StatusFilter _statuses = new();
    private bool _wasAway;

    private readonly IMonitorScreen _screen =
        session.IsJson ? new JsonMonitorScreen(session.Terminal)
        : scope is MonitorScope.Metrics && session.Terminal.CanRedraw ? new CurveMonitorScreen(session.Terminal)
        : new TextMonitorScreen(session.Terminal, scope);

    public async Task<ExitCode> FollowAsync(CancellationToken cancellationToken)
    {
        var readerLeft = session.CliEnvironment.WatchReader();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, readerLeft);
        try
        {
            return await PrintToEndAsync(stop.Token);
        }
        catch (OperationCanceledException) when (readerLeft.IsCancellationRequested)
        {
            throw new OutputClosedException();
        }
        catch (OperationCanceledException)
        {
            Note($"No longer followed; the run goes on ('bx ml cancel training-runs {id}' ends it).");
            throw;
        }
    }

    private async Task<ExitCode> PrintToEndAsync(CancellationToken cancellationToken)
    {
        _screen.Start(id);
        var learners = await CountLearnersAsync(cancellationToken);
        var events =
            learners == 1
                ? Open(wanted, NoteLoss).FollowAsync(cancellationToken)
                : new LearnersFollower(OpenLearner, learners).FollowAsync(cancellationToken);
        var last = RunEvent.Nothing;
        await foreach (var item in events)
        {
            await PrintAsync(last = item, cancellationToken);
        }
        if (await FindRunAsync(cancellationToken) is { } run)
        {
            _screen.Finish(run);
        }
        // With an end time, the command succeeds while the run is still under way: it has shown all that was asked for.
        return HasCompleted(last) || (wanted.Until is not null && IsUnderWay(last))
            ? ExitCode.Success
            : ExitCode.RunFailed;
    }

    private EventFollower Open(LogSelection lines, Action<string> lost) =>
        new(
            session.Service,
            id,
            scope is MonitorScope.Metrics ? "metrics" : "logs",
            lines,
            session.CliEnvironment.Reconnect,
            lost
        );

    // All streams break together, and one note of it is enough.
    private EventFollower OpenLearner(int learner) =>
        Open(wanted with { Learner = learner }, learner == 1 ? NoteLoss : _ => { });

    // The first learner's metrics are the run's.
    private async Task<int> CountLearnersAsync(CancellationToken cancellationToken) =>
        scope is MonitorScope.Metrics || wanted.Learner is not null
            ? 1
            : (await FindRunAsync(cancellationToken))?.Entity.Status.Learners ?? 1;

    private void Note(string sentence) => session.Note(sentence);

    private void NoteLoss(string sentence)
    {
        _wasAway = true;
        Note(sentence);
    }

    private async Task PrintAsync(RunEvent item, CancellationToken cancellationToken)
    {
        if (item.Kind is RunEvent.Status && _wasAway)
        {
            _wasAway = false;
            await PrintMissedAsync(cancellationToken);
        }
        Print(item);
    }

    // A stream starts at the run's present phase; the run's record also has the phases missed before it.
    private async Task PrintMissedAsync(CancellationToken cancellationToken)
    {
        var history = (await FindRunAsync(cancellationToken))?.Entity.Status.History ?? [];
        foreach (var phase in history.SkipLast(1).Where(p => p.At > _statuses.Latest))
        {
            Print(new RunEvent(RunEvent.Status, JsonSerializer.Serialize(phase, CliJson.Wire.PhaseResource), null));
        }
    }

    private void Print(RunEvent item)
    {
        if (_statuses.IsNews(item))
        {
            _screen.Print(item);
        }
    }

    // The record is optional: if it is not available, the stream's events suffice.
    private async Task<RunResource?> FindRunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await session.Service.GetRunAsync(id, cancellationToken)).Value;
        }
        catch (CliFailure)
        {
            return null;
        }
    }

    private static bool HasCompleted(RunEvent end) => StateOf(end) == "completed";

    private static bool IsUnderWay(RunEvent end) => StateOf(end) is "pending" or "running";

    private static string? StateOf(RunEvent end)
    {
        using var status = JsonDocument.Parse(end.Data);
        return
            status.RootElement.ValueKind is JsonValueKind.Object
            && status.RootElement.TryGetProperty("state", out var state)
            && state.ValueKind is JsonValueKind.String
            ? state.GetString()
            : throw new JsonException("An end without the run's state.");
    }
}
