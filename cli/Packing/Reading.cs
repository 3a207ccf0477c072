using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;

namespace Trainyard.Cli.Packing;

/// <summary>Reports which part of a model cannot be read, under the name that the user knows.</summary>
internal static class Reading
{
    public static T Of<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failure(name, e);
        }
    }

    public static CliFailure Failure(string name, Exception thrown) =>
        CliFailure.InvalidInput(
            "unreadable_file",
            $"{(name.Length == 0 ? "The model's folder" : $"'{name}' of the model")} cannot be read "
                + $"({Words.Why(thrown)}): make it readable, or list it in {IgnorePatterns.FileName}."
        );
}
