using System.CommandLine;
using System.Text.Json;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Following;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Service;
using Trainyard.Cli.Sessions;
using Trainyard.Cli.Submission;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml train MODEL MANIFEST</c></summary>
internal static class TrainCommand
{
    public static Command Create(Binding binding)
    {
        var model = new Argument<string>("MODEL") { Description = "a zip, or a folder to be zipped" };
        var manifest = new Argument<string>("MANIFEST")
        {
            Description = "a YAML file; ${env:NAME} in it is replaced before it is sent",
        };
        var follow = new Option<bool>("--monitor") { Description = "follow the run to its end, as 'monitor' does" };
        var command = new Command("train", "Start a training run.") { model, manifest, follow };
        binding.Bind(
            command,
            (session, parsed, token) =>
                RunAsync(
                    session,
                    parsed.GetRequiredValue(model),
                    parsed.GetRequiredValue(manifest),
                    parsed.GetValue(follow),
                    token
                )
        );
        return command;
    }

    private static async Task<ExitCode> RunAsync(
        Session session,
        string model,
        string manifest,
        bool follow,
        CancellationToken cancellationToken
    )
    {
        session.Say("Starting to train ...");
        var files = SubmissionFiles.Sort(model, manifest, session.CliEnvironment.FindFolder());
        var id = await SubmitAsync(session, files, follow, cancellationToken);
        return follow
            ? await MonitorCommand.MonitorAsync(
                session,
                id,
                MonitorScope.Everything,
                LogSelection.All,
                cancellationToken
            )
            : ExitCode.Success;
    }

    private static async Task<RunId> SubmitAsync(
        Session session,
        SubmissionFiles files,
        bool follow,
        CancellationToken cancellationToken
    )
    {
        var manifest = await ManifestFile.ReadAsync(session.PathOf(files.Manifest), files.Manifest, cancellationToken);
        var lines = new ProblemLines(session.Terminal, manifest);
        var complete = CompleteManifest.Of(manifest, session.CliEnvironment.Variable, lines);
        using var archive = await OutgoingArchive.OfAsync(session, files.Model, cancellationToken);
        await SubmissionWarnings.PrintAsync(session, manifest, archive, lines, cancellationToken);
        try
        {
            var run = await new RunUpload(session, complete, archive).SendAsync(cancellationToken);
            if (session.IsJson)
            {
                PrintJson(session, run.Json, follow);
            }
            else
            {
                foreach (var notice in run.Value.Entity.Notices ?? [])
                {
                    session.Note($"notice: {notice}");
                }
            }
            session.SayOk($"Model-ID is '{run.Value.Metadata.Guid}'");
            return RunId.Parse(run.Value.Metadata.Guid);
        }
        catch (CliFailure failure) when (failure.Problem?.Errors is { Count: > 0 })
        {
            throw SubmissionProblems.Explain(failure, lines, files.Model);
        }
    }

    // What follows is one object a line, and so is this then.
    private static void PrintJson(Session session, JsonElement run, bool follow)
    {
        if (!follow)
        {
            session.PrintJson(run);
        }
        else
        {
            session.Terminal.Json(
                JsonScreen.Write(
                    json =>
                    {
                        json.WriteStartObject();
                        json.WriteString("event", "submitted");
                        json.WritePropertyName("run");
                        run.WriteTo(json);
                        json.WriteEndObject();
                    },
                    indented: false
                )
            );
        }
    }
}
