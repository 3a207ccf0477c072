using System.Text.RegularExpressions;

namespace Trainyard.Architecture.Tests.Rules;

/// <summary>The page on the embedded host names each call of the client that functions make, and no other.</summary>
internal sealed partial class HostCallsRule : IRule
{
    private const string Page = "docs/runtime.md";
    private const string Beginning = "The functions of this repository call";

    public IEnumerable<string> Broken(Repository repository)
    {
        var text = repository.Files.GetValueOrDefault(Page, "");
        var from = text.IndexOf(Beginning, StringComparison.Ordinal);
        if (from < 0)
        {
            return [$"{Page} does not say '{Beginning} …'."];
        }
        var named = Named()
            .Matches(text[from..].Split("\n\n")[0])
            .Select(name => name.Groups["call"].Value)
            .ToHashSet();
        var made = repository
            .ProductSources.Where(file => file.Key.StartsWith("functions/", StringComparison.Ordinal))
            .SelectMany(file => Made().Matches(file.Value))
            .Select(call => call.Groups["call"].Value)
            .ToHashSet();
        return named
            .Except(made)
            .Select(call => $"{Page} says that functions call {call}, and none does.")
            .Concat(made.Except(named).Select(call => $"{Page} does not say that functions call {call}."));
    }

    [GeneratedRegex(@"`(?<call>\w+Async)`")]
    private static partial Regex Named();

    // The client's methods are called so; nothing else in the functions is.
    [GeneratedRegex(@"\.(?<call>RaiseEventAsync|\w*Instances?\w*Async)\(")]
    private static partial Regex Made();
}
