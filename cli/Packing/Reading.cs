using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;

namespace Trainyard.Cli.Packing;

/// <summary>Tells what of a model cannot be read, by the name that the user knows it by.</summary>
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
                + $"({Words.Unended(thrown.Message)}): make it readable, or list it in {IgnorePatterns.FileName}."
        );
}
