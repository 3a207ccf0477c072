using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Service;
using Trainyard.Cli.Sessions;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Following;

/// <summary>Prints what the training runs of an experiment's run do, until it has ended.</summary>
internal sealed class ExperimentMonitor(Session session, Guid experiment, Guid run, MonitorScope scope)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly ExperimentMonitorScreen _screen = new(session, scope);
    private readonly Dictionary<string, TrialOutput> _outputs = [];
    private readonly ExperimentRoutes _service = session.Service.Experiments;

    public async Task<ExitCode> FollowAsync(CancellationToken cancellationToken)
    {
        _screen.Start(run);
        try
        {
            while (true)
            {
                var answer = await AskAsync(
                    () => _service.GetRunAsync(experiment, run, cancellationToken),
                    cancellationToken
                );
                var seen = answer.Value;
                _screen.Print(seen);
                foreach (var status in seen.Entity.TrainingStatuses)
                {
                    await PrintOutputAsync(status, cancellationToken);
                }
                if (seen.Entity.ExperimentRunStatus.FinishedAt is not null)
                {
                    _screen.Finish(answer);
                    return seen.Entity.ExperimentRunStatus.State == "completed" ? ExitCode.Success : ExitCode.RunFailed;
                }
                await Task.Delay(LookInterval, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            session.Note(
                $"No longer followed; the run goes on ('bx ml cancel experiment-runs {experiment} {run}' ends it)."
            );
            throw;
        }
    }

    // After the status shows a training run's end, its output is complete.
    private async Task PrintOutputAsync(TrainingStatusResource status, CancellationToken cancellationToken)
    {
        var output = _outputs.GetValueOrDefault(status.TrainingGuid) ?? new TrialOutput();
        _outputs[status.TrainingGuid] = output;
        if (output.IsDone || status.State == "pending" || !RunId.TryParse(status.TrainingGuid, out var id))
        {
            return;
        }
        var what = scope is MonitorScope.Metrics ? "metrics" : "logs";
        var isEnded = status.FinishedAt is not null;
        byte[] piece;
        do
        {
            try
            {
                piece = await AskAsync(
                    () => _service.ReadOutputAsync(id, what, output.Offset, cancellationToken),
                    cancellationToken
                );
            }
            // The output was deleted or does not exist yet, so there is nothing to print.
            catch (CliFailure failure) when (failure.ExitCode is ExitCode.NotFound)
            {
                output.IsDone = isEnded;
                return;
            }
            foreach (var line in output.Take(piece))
            {
                _screen.PrintLine(status, line);
            }
        } while (piece.Length > 0);
        if (isEnded)
        {
            foreach (var line in output.End())
            {
                _screen.PrintLine(status, line);
            }
        }
    }

    // Waits for a service that restarts, as the other followers do.
    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        var policy = session.CliEnvironment.Reconnect;
        var since = TimeProvider.System.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await ask();
            }
            catch (CliFailure failure)
                when (failure.ExitCode is ExitCode.Unreachable
                    && TimeProvider.System.GetElapsedTime(since) < policy.GiveUpAfter
                )
            {
                if (attempt == 0)
                {
                    session.Note("The service does not answer; waiting for it ...");
                }
                await Task.Delay(policy.WaitBefore(attempt), cancellationToken);
            }
        }
    }
}
