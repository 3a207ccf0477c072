using System.CommandLine;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Sessions;
using Trainyard.Manifests;
using Trainyard.Manifests.Experiments;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml generate-manifest training-runs|training-definitions|experiments</c></summary>
internal static class GenerateManifestCommand
{
    public static Command Create(Binding binding)
    {
        var kind = Kind();
        var force = new Option<bool>("--force") { Description = "replace the file if it is there" };
        var command = new Command(
            "generate-manifest",
            "Write a commented manifest to start from, such as training-runs.yml."
        )
        {
            kind,
            force,
        };
        binding.Bind(
            command,
            (session, parsed, token) => RunAsync(session, parsed.GetRequiredValue(kind), parsed.GetValue(force), token)
        );
        return command;
    }

    private static Argument<Starter> Kind() =>
        new("KIND")
        {
            Description = "training-runs, training-definitions or experiments",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                var starter = text switch
                {
                    "training-definitions" => new Starter(
                        StarterExperiments.DefinitionFile,
                        StarterExperiments.Definition
                    ),
                    "experiments" => new Starter(StarterExperiments.ExperimentFile, StarterExperiments.Experiment),
                    _ when RunWords.TryParse(text, out _) => new Starter(
                        StarterManifest.FileName,
                        StarterManifest.Text
                    ),
                    _ => null,
                };
                if (starter is null)
                {
                    result.AddError($"'{text}' is none of training-runs, training-definitions and experiments");
                }
                return starter;
            },
        };

    private static async Task RunAsync(
        Session session,
        Starter starter,
        bool force,
        CancellationToken cancellationToken
    )
    {
        await WriteAsync(session.PathOf(starter.FileName), starter, force, cancellationToken);
        if (session.IsJson)
        {
            session.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("file", starter.FileName);
                json.WriteEndObject();
            });
        }
        session.SayOk($"A sample manifest file is written to '{starter.FileName}'.");
    }

    private static async Task WriteAsync(string path, Starter starter, bool force, CancellationToken cancellationToken)
    {
        if (!force && Path.Exists(path))
        {
            throw IsThere(starter);
        }
        try
        {
            await AtomicFile.WriteAsync(path, starter.Text, force, cancellationToken);
        }
        catch (IOException) when (!force && Path.Exists(path))
        {
            throw IsThere(starter);
        }
        // .NET throws the last type when the shell's limit (ulimit -f) forbids the file.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            throw CliFailure.InvalidInput(
                "unwritable_file",
                $"'{starter.FileName}' cannot be written in '{Path.GetDirectoryName(path)}': {Words.Why(e)}."
            );
        }
    }

    private static CliFailure IsThere(Starter starter) =>
        CliFailure.InvalidInput("file_exists", $"'{starter.FileName}' is there already: move it away, or say --force.");

    private sealed record Starter(string FileName, string Text);
}
