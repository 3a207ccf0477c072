using System.Text.RegularExpressions;

namespace Trainyard.Contracts.Agents;

/// <summary>The rule for names of pools.</summary>
public static partial class PoolNames
{
    public const int Longest = 63;
    public const string Rule = "1 to 63 letters, digits, `.`, `-` and `_`, starting with a letter or digit";

    public static bool IsName(string text) => Name().IsMatch(text);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,62}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
