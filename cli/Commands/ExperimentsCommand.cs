using System.CommandLine;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Following;
using Trainyard.Cli.Sessions;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml experiments run EXPERIMENT-ID</c> and <c>update EXPERIMENT-ID MANIFEST</c></summary>
internal static class ExperimentsCommand
{
    public static Command Create(Binding binding)
    {
        var id = ExperimentArguments.Experiment();
        var follow = new Option<bool>("--monitor") { Description = "follow the run to its end, as 'monitor' does" };
        var run = new Command("run", "Run an experiment.") { id, follow };
        binding.Bind(
            run,
            (session, parsed, token) => RunAsync(session, parsed.GetRequiredValue(id), parsed.GetValue(follow), token)
        );
        return new Command("experiments", "Run and change experiments.") { run, Update(binding) };
    }

    private static Command Update(Binding binding)
    {
        var (id, manifest) = (ExperimentArguments.Experiment(), StoreExperimentCommand.Manifest());
        var update = new Command("update", "Put another manifest in the place of an experiment's; its runs stay.")
        {
            id,
            manifest,
        };
        binding.Bind(
            update,
            (session, parsed, token) =>
                UpdateAsync(session, parsed.GetRequiredValue(id), parsed.GetRequiredValue(manifest), token)
        );
        return update;
    }

    private static async Task UpdateAsync(
        Session session,
        Guid id,
        string manifest,
        CancellationToken cancellationToken
    )
    {
        session.Say($"Updating the experiment '{id}' ...");
        await StoreExperimentCommand.SendAsync(
            session,
            manifest,
            (bytes, token) => session.Service.Experiments.ReplaceAsync(id, bytes, token),
            cancellationToken
        );
        session.SayOk("Update experiments successful");
    }

    private static async Task<ExitCode> RunAsync(
        Session session,
        Guid id,
        bool follow,
        CancellationToken cancellationToken
    )
    {
        session.Say($"Starting to run the experiment '{id}' ...");
        var started = await session.Service.Experiments.StartAsync(id, cancellationToken);
        if (session.IsJson && !follow)
        {
            session.PrintJson(started.Json);
        }
        else if (session.IsJson)
        {
            session.Terminal.Json(ExperimentMonitorScreen.Event("started", started.Json));
        }
        var run = started.Value.Metadata.Guid;
        session.SayOk($"Experiment-Run-ID is '{run}'");
        return follow
            ? await new ExperimentMonitor(session, id, Guid.Parse(run), MonitorScope.Everything).FollowAsync(
                cancellationToken
            )
            : ExitCode.Success;
    }
}
