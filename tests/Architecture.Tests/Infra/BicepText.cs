using System.Text;

namespace Trainyard.Architecture.Tests.Infra;

/// <summary>Strings, comments and brackets of Bicep.</summary>
internal static class BicepText
{
    /// <summary>The text without line comments.</summary>
    public static string WithoutComments(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var line in text.Split('\n'))
        {
            kept.Append(line.AsSpan(0, CommentStart(line))).Append('\n');
        }

        return kept.ToString();
    }

    /// <summary>How many brackets are open at the end; negative when one is closed that was not opened.</summary>
    public static int Depth(string text)
    {
        var depth = 0;
        foreach (var letter in OutsideStrings(text))
        {
            depth += letter switch
            {
                '(' or '[' or '{' => 1,
                ')' or ']' or '}' => -1,
                _ => 0,
            };
            if (depth < 0)
            {
                return depth;
            }
        }

        return depth;
    }

    /// <summary>Whether a line leaves a string open.</summary>
    public static bool EndsInString(string line)
    {
        var quotes = OutsideStrings(line).Count(letter => letter == '\'');
        return quotes % 2 != 0;
    }

    /// <summary>What stands between a bracket that opens at the end of <paramref name="opening"/> and its partner, without the strings' content.</summary>
    public static string Inside(string text, string opening)
    {
        var outside = string.Concat(OutsideStrings(text));
        var start = outside.IndexOf(opening, StringComparison.Ordinal) + opening.Length;
        if (start < opening.Length)
        {
            return "";
        }

        var end = start;
        while (end < outside.Length && Depth(outside[start..(end + 1)]) >= 0)
        {
            end++;
        }

        return outside[start..end];
    }

    private static int CommentStart(string line)
    {
        var inString = false;
        for (var i = 0; i + 1 < line.Length; i++)
        {
            if (line[i] == '\\')
            {
                i++;
            }
            else if (line[i] == '\'')
            {
                inString = !inString;
            }
            else if (!inString && line[i] == '/' && line[i + 1] == '/')
            {
                return i;
            }
        }

        return line.Length;
    }

    /// <summary>What is no string's content; the quotes themselves are kept.</summary>
    private static IEnumerable<char> OutsideStrings(string text)
    {
        var inString = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (inString && text[i] == '\\')
            {
                i++;
                continue;
            }

            if (text[i] == '\'')
            {
                inString = !inString;
                yield return '\'';
            }
            else if (!inString)
            {
                yield return text[i];
            }
        }
    }
}
