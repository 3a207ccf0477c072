using System.CommandLine;
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
            session.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("file", StarterManifest.FileName);
                json.WriteEndObject();
            });
        session.SayOk($"A sample manifest file is written to '{StarterManifest.FileName}'.");
    }

    private static async Task WriteAsync(string path, bool force, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(path, force ? FileMode.Create : FileMode.CreateNew);
            await using var writer = new StreamWriter(file);
            await writer.WriteAsync(StarterManifest.Text.AsMemory(), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw File.Exists(path) && !force
                ? CliFailure.InvalidInput(
                    "file_exists",
                    $"'{StarterManifest.FileName}' is there already: move it away, or say --force."
                )
                : CliFailure.InvalidInput("unwritable_file", $"'{path}' cannot be written: {e.Message}");
        }
    }
}
