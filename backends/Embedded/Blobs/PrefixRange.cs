using System.Text;

namespace Trainyard.Backends.Blobs;

/// <summary>All texts with a prefix, as a range in the order of their UTF-8 (which is the order of their code points).</summary>
internal readonly record struct PrefixRange
{
    private const int LastCodePoint = 0x10FFFF;
    private const int BeforeSurrogates = 0xD7FF;
    private const int AfterSurrogates = 0xE000;

    public PrefixRange(string prefix)
    {
        From = prefix;
        Before = FirstWithout(prefix);
    }

    /// <summary>The first text of the range.</summary>
    public string From { get; }

    /// <summary>The first text behind the range; null when there is none.</summary>
    public string? Before { get; }

    private static string? FirstWithout(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToList();
        while (runes.Count > 0 && runes[^1].Value == LastCodePoint)
        {
            runes.RemoveAt(runes.Count - 1);
        }
        if (runes.Count == 0)
        {
            return null;
        }
        var last = runes[^1].Value;
        runes[^1] = new Rune(last == BeforeSurrogates ? AfterSurrogates : last + 1);
        return string.Concat(runes);
    }
}
