using System.Text;

namespace Trainyard.Manifests.Metrics;

/// <summary>An expression as Python writes it, in the words of .NET: only what the two call differently is changed.</summary>
internal static class PythonPattern
{
    private static readonly (string Python, string Net)[] Openings = [("(?P<", "(?<"), ("(?P=", @"\k<")];

    public static string Translate(string pattern)
    {
        var net = new StringBuilder(pattern.Length);
        var isInSet = false;
        for (var at = 0; at < pattern.Length; )
        {
            at += Step(pattern, at, net, ref isInSet);
        }
        return net.ToString();
    }

    private static int Step(string pattern, int at, StringBuilder net, ref bool isInSet)
    {
        if (pattern[at] == '\\' && at + 1 < pattern.Length)
        {
            // Python's \Z is the very end of the text.
            net.Append('\\').Append(pattern[at + 1] == 'Z' && !isInSet ? 'z' : pattern[at + 1]);
            return 2;
        }
        if (!isInSet && Opening(pattern, at) is { } opening)
        {
            return Open(pattern, at, net, opening);
        }
        isInSet = pattern[at] switch
        {
            '[' when !isInSet => true,
            ']' when isInSet && !BeginsSet(pattern, at) => false,
            _ => isInSet,
        };
        net.Append(pattern[at]);
        return 1;
    }

    private static int Open(string pattern, int at, StringBuilder net, (string Python, string Net) opening)
    {
        net.Append(opening.Net);
        if (opening.Net != @"\k<")
        {
            return opening.Python.Length;
        }
        var end = pattern.IndexOf(')', at);
        var name = end < 0 ? pattern[(at + opening.Python.Length)..] : pattern[(at + opening.Python.Length)..end];
        net.Append(name).Append('>');
        return opening.Python.Length + name.Length + (end < 0 ? 0 : 1);
    }

    private static (string Python, string Net)? Opening(string pattern, int at)
    {
        foreach (var opening in Openings)
        {
            if (string.CompareOrdinal(pattern, at, opening.Python, 0, opening.Python.Length) == 0)
            {
                return opening;
            }
        }
        return null;
    }

    // A closing bracket right after the opening one is a member of the set.
    private static bool BeginsSet(string pattern, int at) =>
        pattern[at - 1] == '[' || (at >= 2 && pattern[at - 1] == '^' && pattern[at - 2] == '[');
}
