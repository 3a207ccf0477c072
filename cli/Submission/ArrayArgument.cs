using System.CommandLine.Parsing;
using System.Text;

namespace Trainyard.Cli.Submission;

/// <summary>
/// A variable and its values, as <c>--array KEY=a,b,c</c> gives them. In double quotes a value may hold commas; two of
/// them stand for one.
/// </summary>
internal sealed record ArrayArgument(string Name, IReadOnlyList<string> Values)
{
    public static ArrayArgument[]? ParseAll(ArgumentResult result)
    {
        var arguments = new List<ArrayArgument>();
        foreach (var token in result.Tokens)
        {
            if (Parse(token.Value) is not { } argument)
            {
                result.AddError(
                    $"'{token.Value}' is not KEY=VALUE,VALUE,… (a value with a comma, or none, stands in double quotes: 'KEY=\"a,b\",\"\"')"
                );
                return null;
            }
            if (arguments.Exists(other => other.Name == argument.Name))
            {
                result.AddError($"--array gives '{argument.Name}' twice: put all its values into one");
                return null;
            }
            arguments.Add(argument);
        }
        return [.. arguments];
    }

    /// <summary>Null where the text is none.</summary>
    public static ArrayArgument? Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && ReadValues(text[(equals + 1)..]) is { } values
            ? new ArrayArgument(text[..equals], values)
            : null;
    }

    private static List<string>? ReadValues(string text)
    {
        var values = new List<string>();
        for (var at = 0; ; at++)
        {
            var value = at < text.Length && text[at] is '"' ? ReadQuoted(text, ref at) : ReadPlain(text, ref at);
            if (value is null || (at < text.Length && text[at] is not ','))
            {
                return null;
            }
            values.Add(value);
            if (at >= text.Length)
            {
                return values;
            }
        }
    }

    // An empty value is written in quotes, because `a,,b` is rather a slip.
    private static string? ReadPlain(string text, ref int at)
    {
        var end = text.IndexOf(',', at);
        var value = text[at..(end < 0 ? text.Length : end)];
        at += value.Length;
        return value.Length == 0 ? null : value;
    }

    private static string? ReadQuoted(string text, ref int at)
    {
        var value = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] is not '"')
            {
                value.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] is '"')
            {
                value.Append('"');
                at++;
            }
            else
            {
                at++;
                return value.ToString();
            }
        }
        return null;
    }
}
