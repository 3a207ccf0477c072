using System.CommandLine;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Sessions;
using Trainyard.Manifests;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml generate-manifest training-runs</c></summary>
internal static class GenerateManifestCommand
{
    public static Command Create(Binding binding)
    {
        var kind = Arguments.Kind();
        var force = new Option<bool>("--force") { Description = "replace the file if it is there" };
        var command = new Command(
            "generate-manifest",
            $"Write a commented manifest to start from: {StarterManifest.FileName}."
        )
        {
            kind,
            force,
        };
        binding.Bind(command, (session, parsed, token) => RunAsync(session, parsed.GetValue(force), token));
        return command;
    }

    private static async Task RunAsync(Session session, bool force, CancellationToken cancellationToken)
    {
        await WriteAsync(session.PathOf(StarterManifest.FileName), force, cancellationToken);
        if (session.IsJson)
        {
            session.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("file", StarterManifest.FileName);
                json.WriteEndObject();
            });
        }
        session.SayOk($"A sample manifest file is written to '{StarterManifest.FileName}'.");
    }

    private static async Task WriteAsync(string path, bool force, CancellationToken cancellationToken)
    {
        if (!force && Path.Exists(path))
        {
            throw IsThere();
        }
        try
        {
            await WholeFile.WriteAsync(path, StarterManifest.Text, force, cancellationToken);
        }
        catch (IOException) when (!force && Path.Exists(path))
        {
            throw IsThere();
        }
        // The last is what .NET makes of a file that the shell's limit (ulimit -f) forbids.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            throw CliFailure.InvalidInput(
                "unwritable_file",
                $"'{StarterManifest.FileName}' cannot be written in '{Path.GetDirectoryName(path)}': {Words.Why(e)}."
            );
        }
    }

    private static CliFailure IsThere() =>
        CliFailure.InvalidInput(
            "file_exists",
            $"'{StarterManifest.FileName}' is there already: move it away, or say --force."
        );
}
