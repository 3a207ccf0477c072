using System.CommandLine;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Service;
using Trainyard.Cli.Sessions;
using Trainyard.Cli.Submission;
using Trainyard.Contracts;
using Trainyard.Manifests.Experiments;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml store experiments MANIFEST</c></summary>
internal static class StoreExperimentCommand
{
    public static Argument<string> Manifest() =>
        new("MANIFEST")
        {
            Description = "a YAML file ('generate-manifest experiments' writes one); ${env:NAME} in it is replaced",
        };

    public static Command Create(Binding binding)
    {
        var manifest = Manifest();
        var command = new Command("experiments", "Keep an experiment; 'experiments run' runs it.") { manifest };
        binding.Bind(command, (session, parsed, token) => RunAsync(session, parsed.GetRequiredValue(manifest), token));
        return command;
    }

    private static async Task RunAsync(Session session, string manifest, CancellationToken cancellationToken)
    {
        session.Say("Storing the experiment ...");
        var stored = await SendAsync(session, manifest, session.Service.Experiments.CreateAsync, cancellationToken);
        session.SayOk($"Experiment store successful. Experiment-ID is '{stored.Metadata.Guid}'.");
    }

    /// <summary>Checks a manifest, sends it, and prints the answer as JSON where that is wanted.</summary>
    public static async Task<ExperimentResource> SendAsync(
        Session session,
        string manifest,
        Func<byte[], CancellationToken, Task<ServiceAnswer<ExperimentResource>>> send,
        CancellationToken cancellationToken
    )
    {
        var file = await ManifestFile.ReadAsync(session.PathOf(manifest), manifest, cancellationToken);
        var lines = new ProblemLines(session.Terminal, file);
        var bytes = CompleteManifest.Of(file, session.CliEnvironment.Variable, lines);
        var parsed = ExperimentParser.Parse(bytes);
        ManifestRefusal.ThrowIfAny(session, file, parsed.Errors, parsed.Warnings);
        try
        {
            var stored = await send(bytes, cancellationToken);
            if (session.IsJson)
            {
                session.PrintJson(stored.Json);
            }
            return stored.Value;
        }
        catch (CliFailure failure) when (failure.Problem?.Errors is { Count: > 0 })
        {
            throw SubmissionProblems.Explain(failure, lines, manifest);
        }
    }
}
