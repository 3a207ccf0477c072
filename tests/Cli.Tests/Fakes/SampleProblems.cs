using Trainyard.Contracts;

namespace Trainyard.Cli.Tests.Fakes;

/// <summary>A manifest with mistakes, and what the service says of it.</summary>
internal static class SampleProblems
{
    public const string Manifest = """
        model_definition:
          name: tf-mnist
          execution:
            compute_configuration:
              name: smal
        training_data_reference:
          connection:
            acces_key_id: AKIA-very-secret
        """;

    public static Problem ThreeMistakes() =>
        new()
        {
            Title = "The submission has 3 errors.",
            Status = 400,
            Code = "invalid_submission",
            Errors =
            [
                new ProblemItem
                {
                    Source = "manifest",
                    Code = "unknown_compute",
                    Message = "'smal' is no compute configuration.",
                    Path = "model_definition.execution.compute_configuration.name",
                    Line = 5,
                    Column = 13,
                    Allowed = "small, medium, large",
                    Suggestion = "small",
                },
                new ProblemItem
                {
                    Source = "manifest",
                    Code = "unknown_key",
                    Message = "Unknown key.",
                    Path = "training_data_reference.connection.acces_key_id",
                    Line = 8,
                    Column = 5,
                    Suggestion = "access_key_id",
                },
                new ProblemItem
                {
                    Source = "model_definition",
                    Code = "main_program_missing",
                    Message = "The command's main program is not in the archive.",
                    Path = "train.py",
                },
            ],
        };
}
