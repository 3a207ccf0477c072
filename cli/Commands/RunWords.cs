using System.Diagnostics.CodeAnalysis;

namespace Trainyard.Cli.Commands;

/// <summary>What training runs are called: <c>training-runs</c> since 2018, <c>trained-models</c> in 2017.</summary>
/// <param name="Kind">The word on the command line.</param>
/// <param name="Several">As in "Fetching the list of ...".</param>
/// <param name="One">As in "Deleting the ... 'ID'".</param>
/// <param name="Detailed">As in "Fetching the ... details": plural in 2018's samples, singular in 2017's.</param>
internal sealed record RunWords(string Kind, string Several, string One, string Detailed)
{
    public static RunWords TrainingRuns { get; } =
        new("training-runs", "training runs", "training run", "training runs");

    public static RunWords TrainedModels { get; } =
        new("trained-models", "trained models", "trained model", "trained model");

    public static bool TryParse(string text, [NotNullWhen(true)] out RunWords? words)
    {
        words = text switch
        {
            "training-runs" or "training-run" => TrainingRuns,
            "trained-models" or "trained-model" => TrainedModels,
            _ => null,
        };
        return words is not null;
    }
}
