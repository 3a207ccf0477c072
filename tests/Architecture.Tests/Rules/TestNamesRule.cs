using System.Text.RegularExpressions;

namespace Trainyard.Architecture.Tests.Rules;

/// <summary>
/// A class with tests says so by its name: <c>…Tests</c>, <c>…Properties</c> for generated cases, <c>…Contract</c> for what every
/// implementation of a seam passes.
/// </summary>
internal sealed partial class TestNamesRule : IRule
{
    public IEnumerable<string> Broken(Repository repository)
    {
        foreach (var (path, text) in repository.Files)
        {
            if (!path.StartsWith("tests/", StringComparison.Ordinal) || !path.EndsWith(".cs", StringComparison.Ordinal))
            {
                continue;
            }
            var classes = Class().Matches(text).ToList();
            foreach (Match test in Test().Matches(text))
            {
                if (classes.FindLast(c => c.Index < test.Index) is { } holder && !IsGood(holder.Groups["name"].Value))
                {
                    yield return $"{path}: {holder.Groups["name"].Value} holds tests and is called neither …Tests, …Properties nor …Contract.";
                    break;
                }
            }
        }
    }

    private static bool IsGood(string name) => Suffix().IsMatch(name);

    [GeneratedRegex("(Tests|Properties|Contract)$")]
    private static partial Regex Suffix();

    [GeneratedRegex(@"^(public|internal) [\w ]*\bclass (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Class();

    [GeneratedRegex(@"^    \[\w*(Fact|Theory|Property)\b(?!\w*Attribute)", RegexOptions.Multiline)]
    private static partial Regex Test();
}
