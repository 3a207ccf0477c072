using System.Text.Json;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Streams;

namespace Trainyard.Cli.Commands;

/// <summary>Turns any exception of a command into one sentence and one documented exit code.</summary>
internal static class CommandEnd
{
    public static int Of(Exception thrown, FailureReport report, CancellationToken cancellationToken) =>
        thrown switch
        {
            OutputClosedException => (int)ExitCode.OutputClosed,
            OperationCanceledException when cancellationToken.IsCancellationRequested => (int)ExitCode.Interrupted,
            _ => report.Print(FailureOf(thrown)),
        };

    private static CliFailure FailureOf(Exception thrown) =>
        thrown switch
        {
            CliFailure failure => failure,
            OutputFailedException => CliFailure.InvalidInput(
                "unwritable_output",
                $"Standard output cannot be written: {thrown.Message}. What was asked for may be done all the same."
            ),
            HttpRequestException or HttpIOException => new CliFailure(
                ExitCode.Unreachable,
                "unreachable",
                $"The connection to the service broke ({Words.Why(thrown)}): try again, and check the network."
            ),
            UnauthorizedAccessException or IOException => CliFailure.InvalidInput(
                "file_error",
                $"A file or folder cannot be read or written: {Words.Why(thrown)}."
            ),
            JsonException => new CliFailure(
                ExitCode.ServiceError,
                "answer_not_understood",
                "The service answered something else than this bx expects: check that both are of the same version."
            ),
            OutOfMemoryException => new CliFailure(
                ExitCode.ServiceError,
                "out_of_memory",
                "There is not enough memory on this machine for that."
            ),
            // The message may hold the user's input, so it is left out; type and place are enough to find the defect.
            _ => new CliFailure(
                ExitCode.ServiceError,
                "internal_error",
                $"bx failed in a way that nobody foresaw ({thrown.GetType().Name} in {PlaceOf(thrown)}): please report "
                    + "it, with the command and what 'bx ml version' prints."
            ),
        };

    private static string PlaceOf(Exception thrown) =>
        thrown.TargetSite is { } method ? $"{method.DeclaringType?.Name}.{method.Name}" : "an unknown place";
}
