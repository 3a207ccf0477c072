using System.Text.Json;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Json;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Sessions;
using Trainyard.Manifests.Experiments;
using Trainyard.Manifests.Experiments.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;

namespace Trainyard.Cli.Submission;

/// <summary>Says what an experiment's or a training definition's file means, or everything that is wrong with it.</summary>
internal static class ExperimentValidation
{
    public static ExitCode Print(Session session, ManifestFile file)
    {
        var isExperiment = ExperimentParser.IsMeantBy(file.Bytes);
        var kind = isExperiment ? "an experiment" : "a training definition";
        if (isExperiment)
        {
            var result = ExperimentParser.Parse(file.Bytes, mode: ManifestParseMode.Offline);
            return Print(
                session,
                file,
                kind,
                result.Errors,
                result.Warnings,
                () => PrintFacts(session, result.Manifest!)
            );
        }
        var definition = DefinitionParser.Parse(file.Bytes);
        return Print(
            session,
            file,
            kind,
            definition.Errors,
            definition.Warnings,
            () => PrintFacts(session, definition.Definition!)
        );
    }

    private static ExitCode Print(
        Session session,
        ManifestFile file,
        string kind,
        IReadOnlyList<ManifestProblem> errors,
        IReadOnlyList<ManifestProblem> warnings,
        Action printFacts
    )
    {
        if (session.IsJson)
        {
            session.PrintJson(json => Write(json, kind, errors, warnings));
            return errors.Count == 0 ? ExitCode.Success : ExitCode.InvalidInput;
        }
        session.Say($"Validating the manifest '{file.Name}' ...");
        session.Say($"This is {kind}.");
        ManifestRefusal.ThrowIfAny(session, file, errors, warnings);
        printFacts();
        session.SayOk("Validate manifest successful");
        return ExitCode.Success;
    }

    private static void PrintFacts(Session session, ExperimentManifest experiment)
    {
        var facts = new FactList(session.Terminal);
        facts.Add("Name", experiment.Name);
        foreach (var reference in experiment.References)
        {
            facts.Add("Trains", reference.Search is { } search ? Of(reference, search) : $"{reference.Name}: once");
        }
        facts.Add("Source bucket", experiment.TrainingData.Bucket);
        facts.Add("Target bucket", experiment.TrainingResults.Bucket);
    }

    private static string Of(TrainingReference reference, SearchSettings search) =>
        $"{reference.Name}: up to {search.Steps} runs, {search.Parallelism} at once, "
        + $"{search.Method} to {(search.Maximize ? "maximize" : "minimize")} {search.Objective} over "
        + string.Join(", ", search.Parameters.Select(p => p.Name));

    private static void PrintFacts(Session session, DefinitionManifest definition)
    {
        var facts = new FactList(session.Terminal);
        facts.Add("Name", definition.Name);
        facts.Add("Framework", $"{definition.Framework.Name} {definition.Framework.Version}");
        facts.Add("Command", definition.Command);
    }

    private static void Write(
        Utf8JsonWriter json,
        string kind,
        IReadOnlyList<ManifestProblem> errors,
        IReadOnlyList<ManifestProblem> warnings
    )
    {
        json.WriteStartObject();
        json.WriteBoolean("valid", errors.Count == 0);
        json.WriteString("kind", kind);
        foreach (var (name, problems) in new[] { ("errors", errors), ("warnings", warnings) })
        {
            json.WriteStartArray(name);
            foreach (var problem in problems)
            {
                JsonSerializer.Serialize(json, ManifestProblems.Of(problem), CliJson.Wire.ProblemItem);
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
