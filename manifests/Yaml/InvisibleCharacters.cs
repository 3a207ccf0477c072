using System.Globalization;
using Trainyard.Manifests.Problems;

namespace Trainyard.Manifests.Yaml;

/// <summary>
/// Characters that look like a space, like nothing or like a quotation mark of YAML, as texts copied from web pages
/// hold them. YAML takes them for letters, so that keys and values with them are not what they seem.
/// </summary>
internal static class InvisibleCharacters
{
    private const int MostTold = 20;

    // Allowed in texts that are only shown.
    private static readonly string[] FreeTexts = ["name", "description", "author", "email", "labels", "env"];

    private static readonly Dictionary<char, string> Names = new()
    {
        ['\u00A0'] = "a no-break space",
        ['\u00AD'] = "a soft hyphen",
        ['\u034F'] = "a grapheme joiner",
        ['\u061C'] = "an Arabic letter mark",
        ['\u115F'] = "a Hangul filler",
        ['\u1160'] = "a Hangul filler",
        ['\u180E'] = "a vowel separator",
        ['\u200B'] = "a zero-width space",
        ['\u200C'] = "a zero-width non-joiner",
        ['\u200D'] = "a zero-width joiner",
        ['\u200E'] = "a left-to-right mark",
        ['\u200F'] = "a right-to-left mark",
        ['\u2028'] = "a line separator",
        ['\u2029'] = "a paragraph separator",
        ['\u202F'] = "a narrow no-break space",
        ['\u2060'] = "a word joiner",
        ['\u2061'] = "an invisible operator",
        ['\u2062'] = "an invisible operator",
        ['\u2063'] = "an invisible operator",
        ['\u2064'] = "an invisible operator",
        ['\u3000'] = "an ideographic space",
        ['\u3164'] = "a Hangul filler",
        ['\uFEFF'] = "a byte-order mark",
        ['\uFFA0'] = "a Hangul filler",
    };

    private static readonly Dictionary<char, string> Quotes = new()
    {
        ['\u2018'] = "a left single quotation mark",
        ['\u2019'] = "a right single quotation mark",
        ['\u201C'] = "a left double quotation mark",
        ['\u201D'] = "a right double quotation mark",
        ['\u201E'] = "a low double quotation mark",
    };

    /// <summary>
    /// Tells each, up to a few; of a text that could not be read, all of it is looked at. False when the text must
    /// not be read on: what else is wrong with it would only follow from them.
    /// </summary>
    public static bool Check(string text, YamlNode? root, ProblemList problems)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange('\0', '\u007F'))
        {
            return true;
        }

        var places = root is null ? Broken(text) : Walk(text, root, isFree: false);
        var told = places.DistinctBy(p => p.At).OrderBy(p => p.At).Take(MostTold).ToList();
        foreach (var (at, isFree) in told)
        {
            Tell(text, at, isFree, problems);
        }

        return told.TrueForAll(p => p.IsFree);
    }

    private static IEnumerable<(int At, bool IsFree)> Broken(string text) =>
        Enumerable.Range(0, text.Length).Where(i => IsInvisible(text[i])).Select(i => (i, false));

    private static IEnumerable<(int At, bool IsFree)> Walk(string text, YamlNode node, bool isFree) =>
        node switch
        {
            YamlScalar scalar => In(text, scalar, isFree),
            YamlList list => list.Items.SelectMany(i => Walk(text, i, isFree)),
            YamlMap map => map.Entries.SelectMany(e =>
                In(text, e.Key, isFree: false).Concat(Walk(text, e.Value, isFree || IsFree(e, map)))
            ),
            _ => [],
        };

    // `name` is also a framework's, a compute configuration's and a store's: those have a telling key beside it, or are
    // alone. A run's name stands beside its framework.
    private static bool IsFree(YamlEntry entry, YamlMap map) =>
        Array.IndexOf(FreeTexts, entry.Key.Text) >= 0
        && (entry.Key.Text != "name" || map.Entries.Any(e => e.Key.Text is "framework" or "email"));

    // The text as it was written, so that who means one can write it as an escape in double quotes.
    private static IEnumerable<(int At, bool IsFree)> In(string text, YamlScalar scalar, bool isFree)
    {
        var end = Math.Min(scalar.End.Index, text.Length);
        for (var at = scalar.Start.Index; at < end; at++)
        {
            if (IsInvisible(text[at]) || (scalar.IsPlain && at == scalar.Start.Index && Quotes.ContainsKey(text[at])))
            {
                yield return (at, isFree);
            }
        }
    }

    private static bool IsInvisible(char c) =>
        c > '\u007F'
        && (
            Names.ContainsKey(c)
            || c is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069'
            || char.GetUnicodeCategory(c) is UnicodeCategory.SpaceSeparator
        );

    private static void Tell(string text, int at, bool isFree, ProblemList problems)
    {
        var c = text[at];
        var isQuote = Quotes.TryGetValue(c, out var name);
        name ??=
            Names.GetValueOrDefault(c)
            ?? (
                char.GetUnicodeCategory(c) is UnicodeCategory.SpaceSeparator
                    ? "an unusual space"
                    : "a mark of text direction"
            );
        var before = text.AsSpan(0, at);
        var mark = new Mark(before.Count('\n') + 1, at - before.LastIndexOf('\n'), at);
        var advice = isQuote
            ? "an ordinary quotation mark, \" or '"
            : $"an ordinary space or nothing; where it is meant, \"\\u{(int)c:X4}\" in double quotes";
        var message = $"The character here is U+{(int)c:X4}, {name}, which YAML takes for a part of the text.";
        if (isFree)
        {
            problems.Warn(ManifestCodes.InvisibleCharacter, message, "", mark, advice);
        }
        else
        {
            problems.Error(ManifestCodes.InvisibleCharacter, message, "", mark, advice);
        }
    }
}
