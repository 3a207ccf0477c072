using Trainyard.Cli.Failures;

namespace Trainyard.Cli.Settings;

/// <summary>A text that goes into a request's header.</summary>
internal static class HeaderText
{
    /// <param name="text">Never shown: it may be a key.</param>
    /// <param name="source">The text's source, as the user knows it.</param>
    public static string Check(string text, string source) =>
        text.All(c => c is >= ' ' and <= '~')
            ? text
            : throw CliFailure.Usage(
                $"{source} has a line break or another character that cannot be sent: correct it and try again."
            );
}
