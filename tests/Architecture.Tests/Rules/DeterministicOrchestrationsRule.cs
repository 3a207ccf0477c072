namespace Trainyard.Architecture.Tests.Rules;

/// <summary>The build forbids clocks, random numbers and I/O in orchestrations, and nobody switches that off.</summary>
internal sealed class DeterministicOrchestrationsRule : IRule
{
    private const string Analyzer = "Microsoft.CodeAnalysis.BannedApiAnalyzers";
    private const string List = "orchestrations/BannedSymbols.txt";

    private static readonly string[] MustBan =
    [
        "P:System.DateTime.UtcNow;",
        "P:System.DateTimeOffset.UtcNow;",
        "M:System.Guid.NewGuid;",
        "T:System.Random;",
        "T:System.Environment;",
        "T:System.IO.File;",
        "T:System.Net.Http.HttpClient;",
        "M:System.Threading.Tasks.Task.Delay(System.TimeSpan);",
    ];

    public IEnumerable<string> Broken(Repository repository)
    {
        var room = repository.Room("orchestrations");
        if (room?.Packages.Any(package => package.Name == Analyzer) != true)
        {
            yield return $"orchestrations does not take {Analyzer}.";
        }

        if (room?.AdditionalFiles.Any(file => file.Name == "BannedSymbols.txt") != true)
        {
            yield return "orchestrations does not hand BannedSymbols.txt to the analyzer.";
        }

        var banned = repository.Files.GetValueOrDefault(List, "");
        foreach (var symbol in MustBan.Where(symbol => !banned.Contains(symbol)))
        {
            yield return $"{List} does not ban {symbol.TrimEnd(';')}.";
        }

        foreach (var (path, text) in repository.Files.Where(file => file.Key.StartsWith("orchestrations/")))
        {
            if (text.Contains("RS0030"))
            {
                yield return $"{path} switches the ban off (RS0030).";
            }
        }
    }
}
