using System.CommandLine;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Sessions;
using Trainyard.Cli.Submission;
using Trainyard.Manifests.Experiments;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml store experiments MANIFEST</c></summary>
internal static class StoreExperimentCommand
{
    public static Command Create(Binding binding)
    {
        var manifest = new Argument<string>("MANIFEST")
        {
            Description = "a YAML file ('generate-manifest experiments' writes one); ${env:NAME} in it is replaced",
        };
        var command = new Command("experiments", "Keep an experiment; 'experiments run' runs it.") { manifest };
        binding.Bind(command, (session, parsed, token) => RunAsync(session, parsed.GetRequiredValue(manifest), token));
        return command;
    }

    private static async Task RunAsync(Session session, string manifest, CancellationToken cancellationToken)
    {
        session.Say("Storing the experiment ...");
        var file = await ManifestFile.ReadAsync(session.PathOf(manifest), manifest, cancellationToken);
        var lines = new ProblemLines(session.Terminal, file);
        var bytes = CompleteManifest.Of(file, session.CliEnvironment.Variable, lines);
        var parsed = ExperimentParser.Parse(bytes);
        ManifestRefusal.ThrowIfAny(session, file, parsed.Errors, parsed.Warnings);
        try
        {
            var stored = await session.Service.Experiments.CreateAsync(bytes, cancellationToken);
            if (session.IsJson)
            {
                session.PrintJson(stored.Json);
            }
            session.SayOk($"Experiment store successful. Experiment-ID is '{stored.Value.Metadata.Guid}'.");
        }
        catch (CliFailure failure) when (failure.Problem?.Errors is { Count: > 0 })
        {
            throw SubmissionProblems.Explain(failure, lines, manifest);
        }
    }
}
