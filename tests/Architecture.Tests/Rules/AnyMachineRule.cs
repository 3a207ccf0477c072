using System.Text.RegularExpressions;

namespace Trainyard.Architecture.Tests.Rules;

/// <summary>Nothing in the repository names one machine's folders or the host of a package registry.</summary>
internal sealed partial class AnyMachineRule : IRule
{
    // In pieces, so that this file keeps its own rule.
    private static readonly string[] Registries =
    [
        "nu" + "get.org",
        "npm" + "js.org",
        "npm" + "js.com",
        "py" + "pi.org",
        "python" + "hosted.org",
        "deb." + "debian.org",
    ];

    public IEnumerable<string> Broken(Repository repository)
    {
        foreach (var (path, text) in repository.Files)
        {
            if (Array.Find(Registries, host => text.Contains(host, StringComparison.OrdinalIgnoreCase)) is { } host)
            {
                yield return $"{path} names {host}.";
            }

            if (OneMachine().Match(text) is { Success: true } match)
            {
                yield return $"{path} names {match.Value}, a folder of one machine.";
            }
        }
    }

    [GeneratedRegex(@"(?<![\w.)}*-])/(work|root|home/\w+|Users/\w+)/[\w.-]+")]
    private static partial Regex OneMachine();
}
