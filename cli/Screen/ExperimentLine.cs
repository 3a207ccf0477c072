using System.Globalization;
using Trainyard.Contracts;

namespace Trainyard.Cli.Screen;

/// <summary>Which part of an experiment a run is, in one line.</summary>
internal static class ExperimentLine
{
    /// <summary>The training reference, and for a search also the number of its run.</summary>
    public static string Of(RunExperimentResource experiment) =>
        experiment.Number is { } number
            ? string.Create(CultureInfo.InvariantCulture, $"{experiment.TrainingReferenceName} #{number}")
            : experiment.TrainingReferenceName;

    /// <summary>The values that the search chose; null without a search.</summary>
    public static string? ParametersOf(RunExperimentResource experiment) =>
        experiment.HyperParameters is { Count: > 0 } parameters
            ? string.Join(", ", parameters.Select(parameter => $"{parameter.Key}={parameter.Value}"))
            : null;
}
