using Trainyard.Cli.Failures;
using Trainyard.Cli.Hosting;

namespace Trainyard.Cli.Secrets;

/// <summary>Standard input as a whole.</summary>
internal static class InputText
{
    // Eleven fields of 2,048 characters each take a third of this limit.
    private const int Longest = 64 * 1024;

    public static Task<string> ReadAsync(CliEnvironment environment, CancellationToken cancellationToken) =>
        // The read itself cannot be cancelled, only the wait for it.
        Task.Run(() => Read(environment.OpenInput()), cancellationToken).WaitAsync(cancellationToken);

    private static string Read(TextReader input)
    {
        var buffer = new char[Longest + 1];
        var length = input.ReadBlock(buffer);
        return length <= Longest
            ? new string(buffer, 0, length)
            : throw CliFailure.InvalidInput(
                "invalid_secret",
                $"Standard input is longer than {Longest} characters, the most that a secret has."
            );
    }
}
