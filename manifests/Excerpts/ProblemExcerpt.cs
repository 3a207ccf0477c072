using System.Globalization;
using System.Text;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Secrets;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Excerpts;

/// <summary>The line that a problem is in, with a caret under the place, for a terminal. Secrets are masked.</summary>
public static class ProblemExcerpt
{
    private const int Widest = 100;

    /// <summary>Two lines, or an empty text when the problem has no line.</summary>
    public static string Render(string text, ManifestProblem problem)
    {
        text = text.StartsWith('\uFEFF') ? text[1..] : text;
        if (LineBounds(text, problem.Line) is not var (start, end) || start == end)
        {
            return "";
        }

        var place = Math.Clamp(start + problem.Column - 1, start, end);
        var (line, caret) = Masked(text, start, end, place, new SecretMask(text));
        (line, caret) = Clipped(line, caret);
        var number = problem.Line.ToString(CultureInfo.InvariantCulture).PadLeft(5);
        return $"{number} | {line.TrimEnd()}\n{new string(' ', number.Length)} | {new string(' ', caret)}^";
    }

    private static (int Start, int End)? LineBounds(string text, int line)
    {
        var start = 0;
        if (line < 1)
        {
            return null;
        }

        for (var i = 1; i < line; i++)
        {
            start = text.IndexOf('\n', start) + 1;
            if (start == 0)
            {
                return null;
            }
        }

        var end = text.IndexOf('\n', start);
        end = end < 0 ? text.Length : end;
        return (start, end > start && text[end - 1] == '\r' ? end - 1 : end);
    }

    private static (string Line, int Caret) Masked(string text, int start, int end, int place, SecretMask mask)
    {
        var line = new StringBuilder();
        var caret = -1;
        var at = start;
        foreach (var (from, to) in mask.In(start, end))
        {
            Copy(at, Math.Max(at, from));
            caret = place >= from && place < to ? line.Length : caret;
            line.Append(Secret.Mask);
            at = Math.Max(at, to);
        }

        // A comment after a secret may contain an older secret.
        if (at == start || text.AsSpan(at, end - at).IndexOf('#') < 0)
        {
            Copy(at, end);
        }

        return (line.ToString(), caret < 0 ? line.Length : caret);

        void Copy(int from, int to)
        {
            caret = place >= from && place < to ? line.Length + place - from : caret;
            foreach (var c in text.AsSpan(from, Math.Max(0, to - from)))
            {
                line.Append(Quote.Shown(c));
            }
        }
    }

    private static (string Line, int Caret) Clipped(string line, int caret)
    {
        if (line.Length <= Widest)
        {
            return (line, caret);
        }

        var from = Math.Clamp(caret - (Widest / 2), 0, line.Length - Widest);
        return (line.Substring(from, Widest), caret - from);
    }
}
