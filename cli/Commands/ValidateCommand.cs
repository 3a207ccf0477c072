using System.CommandLine;
using System.Text.Json;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Sessions;
using Trainyard.Cli.Submission;
using Trainyard.Manifests;
using Trainyard.Manifests.Experiments;
using Trainyard.Manifests.Reading;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml validate MANIFEST</c>: asks no service.</summary>
internal static class ValidateCommand
{
    public static Command Create(Binding binding)
    {
        var manifest = new Argument<string>("MANIFEST") { Description = "a YAML file of any documented dialect" };
        var canonical = new Option<bool>("--canonical") { Description = "print the canonical form and nothing else" };
        var command = new Command("validate", "Say what a manifest means and what is wrong with it; sends nothing.")
        {
            manifest,
            canonical,
        };
        binding.Bind(
            command,
            (session, parsed, token) =>
                RunAsync(session, parsed.GetRequiredValue(manifest), parsed.GetValue(canonical), token)
        );
        return command;
    }

    private static async Task<ExitCode> RunAsync(
        Session session,
        string path,
        bool onlyCanonical,
        CancellationToken cancellationToken
    )
    {
        var file = await ManifestFile.ReadAsync(session.PathOf(path), path, cancellationToken);
        if (ExperimentParser.IsMeantBy(file.Bytes) || DefinitionParser.IsMeantBy(file.Bytes))
        {
            return onlyCanonical
                ? throw CliFailure.Usage("--canonical is for manifests of training runs: this file has no other form.")
                : ExperimentValidation.Print(session, file);
        }
        var result = ManifestParser.Parse(file.Bytes, mode: ManifestParseMode.Offline);
        var screen = new ValidationScreen(session, file);
        if (session.IsJson)
        {
            screen.PrintJson(result);
        }
        else
        {
            screen.PrintText(result, onlyCanonical);
        }
        return result.IsValid ? ExitCode.Success : ExitCode.InvalidInput;
    }
}
