using Trainyard.Contracts;

namespace Trainyard.Cli.Failures;

/// <summary>Ends a command with one readable sentence that says what to do next.</summary>
internal sealed class CliFailure(ExitCode exitCode, string code, string message) : Exception(message)
{
    public ExitCode ExitCode { get; } = exitCode;

    /// <summary>Stable, machine-readable, snake_case.</summary>
    public string Code { get; } = code;

    /// <summary>The service's answer, when the service refused.</summary>
    public Problem? Problem { get; init; }

    /// <summary>All problems, as finished lines; printed after the sentence.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    public static CliFailure Usage(string message) => new(ExitCode.Usage, "usage", message);

    public static CliFailure InvalidInput(string code, string message) => new(ExitCode.InvalidInput, code, message);
}
