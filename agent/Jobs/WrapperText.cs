using Trainyard.Agent.Attempts;

namespace Trainyard.Agent.Jobs;

/// <summary>The log lines before and after the command's own output, in the wording of the 2018 service.</summary>
internal static class WrapperText
{
    public static string Before(string command, JobView view) =>
        $"""
            Training with training/test data at:
              DATA_DIR: {view.Data}
              MODEL_DIR: {view.Model}
              TRAINING_JOB:

              TRAINING_COMMAND: {OneLine(command)}

            Storing trained model at:

              RESULT_DIR: {view.Results}

            """;

    public static string After(int exitCode) => $"The command ended with exit code {exitCode}.";

    public static string OneLine(string command) => command.ReplaceLineEndings(" ");
}
