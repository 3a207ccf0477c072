using System.CommandLine;
using Trainyard.Cli.Json;
using Trainyard.Cli.Sessions;
using Trainyard.Cli.Submission;
using Trainyard.Contracts;
using Trainyard.Manifests.Experiments;
using Trainyard.Manifests.Model;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml store training-definitions MODEL MANIFEST</c></summary>
internal static class StoreDefinitionCommand
{
    public static Command Create(Binding binding)
    {
        var model = new Argument<string>("MODEL") { Description = "a zip, or a folder to be zipped" };
        var manifest = new Argument<string>("MANIFEST")
        {
            Description = "a YAML file ('generate-manifest training-definitions' writes one)",
        };
        var command = new Command("training-definitions", "Keep code, framework and command for experiments to name.")
        {
            model,
            manifest,
        };
        binding.Bind(
            command,
            (session, parsed, token) =>
                RunAsync(session, parsed.GetRequiredValue(model), parsed.GetRequiredValue(manifest), token)
        );
        return command;
    }

    private static async Task RunAsync(
        Session session,
        string model,
        string manifest,
        CancellationToken cancellationToken
    )
    {
        session.Say("Storing the training definition ...");
        var files = SubmissionFiles.Sort(model, manifest, session.CliEnvironment.FindFolder());
        var file = await ManifestFile.ReadAsync(session.PathOf(files.Manifest), files.Manifest, cancellationToken);
        var parsed = DefinitionParser.Parse(file.Bytes);
        ManifestRefusal.ThrowIfAny(session, file, parsed.Errors, parsed.Warnings);
        using var archive = await OutgoingArchive.OfAsync(session, files.Model, cancellationToken);
        var created = await session.Service.Experiments.CreateDefinitionAsync(
            Of(parsed.Definition!),
            cancellationToken
        );
        await using var zip = archive.Open();
        await session.Service.Experiments.PutContentAsync(created.Value, zip, cancellationToken);
        if (session.IsJson)
        {
            session.PrintJson(created.Json);
        }
        session.SayOk($"Training definition store successful. Definition-ID is '{created.Value.Metadata.Guid}'.");
        session.Say($"training_definition_url: {created.Value.Metadata.Url}");
    }

    private static NewDefinition Of(DefinitionManifest definition)
    {
        var framework = definition.Framework;
        return new NewDefinition
        {
            Name = definition.Name,
            Description = definition.Description,
            Author = definition.Author is { } author ? new AuthorResource(author.Name, author.Email) : null,
            Framework = new DefinitionFramework
            {
                Name = framework.Name,
                Version = framework.Asked ?? framework.Version,
                Secret = framework.SecretName,
                Runtimes = framework.Python is { } python ? [new RuntimeResource("python", python)] : null,
            },
            Command = definition.Command,
        };
    }
}
