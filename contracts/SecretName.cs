using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Trainyard.Contracts;

/// <summary>
/// The name that an owner gives to a stored secret: 1 to 64 of <c>a-z 0-9 . _ -</c>, first a letter or digit. Also
/// part of a file's name.
/// </summary>
public readonly record struct SecretName
{
    /// <summary>The rule for names, for messages.</summary>
    public const string Rule = "1 to 64 of a-z, 0-9, `.`, `_` and `-`, first a letter or digit";

    public const int MaxLength = 64;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    private readonly string? _value;

    private SecretName(string value) => _value = value;

    /// <summary>Parses a name; throws <see cref="FormatException"/> for anything else.</summary>
    public static SecretName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException("Not a secret's name.");

    /// <summary>Parses a name as manifests and clients send it.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SecretName name)
    {
        name = default;
        if (text is null || !IsName(text))
        {
            return false;
        }
        name = new SecretName(text);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => _value ?? throw new InvalidOperationException("An unset name was used.");

    private static bool IsName(string text) =>
        text.Length is > 0 and <= MaxLength
        && char.IsAsciiLetterOrDigit(text[0])
        && !text.AsSpan().ContainsAnyExcept(Allowed);
}
