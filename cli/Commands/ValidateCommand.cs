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
        var array = ArrayOption.Create();
        var command = new Command("validate", "Say what a manifest means and what is wrong with it; sends nothing.")
        {
            manifest,
            canonical,
            array,
        };
        binding.Bind(
            command,
            (session, parsed, token) =>
                RunAsync(
                    session,
                    parsed.GetRequiredValue(manifest),
                    parsed.GetValue(canonical),
                    parsed.GetValue(array),
                    token
                )
        );
        return command;
    }

    private static async Task<ExitCode> RunAsync(
        Session session,
        string path,
        bool onlyCanonical,
        ArrayArgument[]? array,
        CancellationToken cancellationToken
    )
    {
        var file = await ManifestFile.ReadAsync(session.PathOf(path), path, cancellationToken);
        if (ExperimentParser.IsMeantBy(file.Bytes) || DefinitionParser.IsMeantBy(file.Bytes))
        {
            return array is { Length: > 0 }
                    ? throw CliFailure.Usage("--array is for manifests of training runs: this file is none.")
                : onlyCanonical
                    ? throw CliFailure.Usage(
                        "--canonical is for manifests of training runs: this file has no other form."
                    )
                : ExperimentValidation.Print(session, file);
        }
        file = ArrayOption.Apply(file, array, session.Terminal);
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
