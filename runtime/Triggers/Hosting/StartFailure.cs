using Trainyard.Runtime.Triggers.Settings;

namespace Trainyard.Runtime.Triggers.Hosting;

/// <summary>Says why the service cannot start in readable lines, and ends the program as failed.</summary>
internal static class StartFailure
{
    public const int ExitCode = 1;

    /// <summary>Runs a step of the composition, which has no host yet that could be stopped in order.</summary>
    public static T ExitOn<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (Exception e) when (IsForPerson(e))
        {
            Report(e);
            Environment.Exit(ExitCode);
            throw;
        }
    }

    public static void Report(Exception failure) =>
        Console.Error.WriteLine($"The service cannot start. {failure.Message}");

    // I/O errors (a read-only folder, a full disk) are also reported as plain sentences for the operator.
    private static bool IsForPerson(Exception e) =>
        e is HostStartException or Discovery.FunctionsStartupException or IOException or UnauthorizedAccessException;
}
