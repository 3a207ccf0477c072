using System.Text.Json;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Json;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Sessions;
using Trainyard.Manifests;
using Trainyard.Manifests.Canonical;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Cli.Submission;

/// <summary>Prints what a manifest means, or all its problems.</summary>
internal sealed class ValidationScreen(Session session, ManifestFile file)
{
    private readonly Terminal _terminal = session.Terminal;

    public void PrintText(ManifestParseResult result, bool onlyCanonical)
    {
        if (!onlyCanonical)
        {
            _terminal.Line($"Validating the manifest '{file.Name}' ...");
        }
        var lines = new ProblemLines(_terminal, file);
        foreach (var line in result.Warnings.SelectMany(w => lines.Of(w, ProblemLines.Warning)))
        {
            _terminal.ErrorLine(line);
        }
        if (!result.IsValid)
        {
            throw Refusal(result, lines);
        }
        if (onlyCanonical)
        {
            _terminal.Document(CanonicalManifest.Write(result.Manifest, result.Secrets));
        }
        else
        {
            PrintUnderstood(result.Manifest, result.Secrets);
        }
    }

    public void PrintJson(ManifestParseResult result) => session.PrintJson(json => Write(json, result));

    private void PrintUnderstood(TrainingManifest manifest, RunSecrets secrets)
    {
        new ManifestFacts(_terminal).Print(manifest);
        _terminal.Line();
        _terminal.Line("Canonical form:");
        _terminal.Line();
        _terminal.Document(CanonicalManifest.Write(manifest, secrets));
        _terminal.Line();
        session.SayOk("Validate manifest successful");
    }

    private CliFailure Refusal(ManifestParseResult result, ProblemLines lines)
    {
        var found = Words.Count(result.Errors.Count, "problem", "problems");
        var sentence =
            $"'{file.Name}' has {found}: correct {(result.Errors.Count == 1 ? "it" : "them")} before training.";
        return new CliFailure(ExitCode.InvalidInput, "invalid_manifest", sentence)
        {
            Details = [.. result.Errors.SelectMany(e => lines.Of(e))],
        };
    }

    private static void Write(Utf8JsonWriter json, ManifestParseResult result)
    {
        json.WriteStartObject();
        json.WriteBoolean("valid", result.IsValid);
        json.WriteString("dialect", result.Dialect.ToString());
        Write(json, "errors", result.Errors);
        Write(json, "warnings", result.Warnings);
        if (result.IsValid)
        {
            json.WriteString("canonical", CanonicalManifest.Write(result.Manifest, result.Secrets));
        }
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<ManifestProblem> problems)
    {
        json.WriteStartArray(name);
        foreach (var problem in problems)
        {
            JsonSerializer.Serialize(json, ManifestProblems.Of(problem), CliJson.Wire.ProblemItem);
        }
        json.WriteEndArray();
    }
}
