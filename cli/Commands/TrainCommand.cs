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
        var model = new Argument<string>("MODEL")
        {
            Description = "a zip, a folder to be zipped, or a single Python file",
        };
        var manifest = new Argument<string?>("MANIFEST")
        {
            Description = "a YAML file; ${env:NAME} in it is replaced before it is sent",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var follow = new Option<bool>("--monitor") { Description = "follow the run to its end, as 'monitor' does" };
        var array = ArrayOption.Create();
        var script = new ScriptOptions();
        var command = new Command("train", "Start a training run.") { model, manifest, follow, array };
        script.AddTo(command);
        binding.Bind(
            command,
            (session, parsed, token) =>
                RunAsync(
                    session,
                    parsed.GetRequiredValue(model),
                    parsed.GetValue(manifest),
                    script.Read(parsed),
                    parsed.GetValue(array),
                    parsed.GetValue(follow),
                    token
                )
        );
        return command;
    }

    private static async Task<ExitCode> RunAsync(
        Session session,
        string model,
        string? manifest,
        ScriptFlags flags,
        ArrayArgument[]? array,
        bool follow,
        CancellationToken cancellationToken
    )
    {
        session.Say("Starting to train ...");
        var id = manifest is null
            ? await SubmitScriptAsync(session, model, flags, array, follow, cancellationToken)
            : await SubmitFilesAsync(session, model, manifest, flags, array, follow, cancellationToken);
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

    private static async Task<RunId> SubmitFilesAsync(
        Session session,
        string model,
        string manifest,
        ScriptFlags flags,
        ArrayArgument[]? array,
        bool follow,
        CancellationToken cancellationToken
    )
    {
        flags.RefuseBeside(manifest);
        var files = SubmissionFiles.Sort(model, manifest, session.CliEnvironment.FindFolder());
        var file = await ManifestFile.ReadAsync(session.PathOf(files.Manifest), files.Manifest, cancellationToken);
        file = ArrayOption.Apply(file, array, session.Terminal);
        using var archive = await OutgoingArchive.OfAsync(session, files.Model, cancellationToken);
        return await SubmitAsync(session, file, archive, follow, cancellationToken);
    }

    private static async Task<RunId> SubmitScriptAsync(
        Session session,
        string model,
        ScriptFlags flags,
        ArrayArgument[]? array,
        bool follow,
        CancellationToken cancellationToken
    )
    {
        var run = flags.RunOf(model, session.CliEnvironment.FindFolder());
        var file = ArrayOption.Apply(run.ToManifest(), array, session.Terminal);
        using var archive = await OutgoingArchive.OfScriptAsync(session, model, run.Packages, cancellationToken);
        return await SubmitAsync(session, file, archive, follow, cancellationToken);
    }

    private static async Task<RunId> SubmitAsync(
        Session session,
        ManifestFile manifest,
        OutgoingArchive archive,
        bool follow,
        CancellationToken cancellationToken
    )
    {
        var lines = new ProblemLines(session.Terminal, manifest);
        var complete = CompleteManifest.Of(manifest, session.CliEnvironment.Variable, lines);
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
            if (run.Value.Entity.Array is { } array && !session.IsJson)
            {
                session.Note($"an array of {Words.Count(array.Count, "run", "runs")}: {ArrayTable.Values(array)}");
            }
            session.SayOk($"Model-ID is '{run.Value.Metadata.Guid}'");
            return RunId.Parse(run.Value.Metadata.Guid);
        }
        catch (CliFailure failure) when (failure.Problem?.Errors is { Count: > 0 })
        {
            throw SubmissionProblems.Explain(failure, lines, archive.Name);
        }
    }

    // With following, each later event is one JSON object per line, so the run is printed on one line too.
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
