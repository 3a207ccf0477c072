namespace Trainyard.Architecture.Tests.Rules;

/// <summary>
/// The functions are tested on the packages that they run on: their tests, which compile them in, take what their own project
/// takes on Azure. Key Vault's packages come with a backend, and the scheduler's only where it is asked for.
/// </summary>
internal sealed class FunctionsOnAzureRule : IRule
{
    private const string Scheduler = ".AzureManaged";

    public IEnumerable<string> Broken(Repository repository)
    {
        if (repository.Room("functions") is not { } functions)
            yield break;
        var tested = OnAzure(repository.Room("tests/Functions.Tests"));
        foreach (var package in OnAzure(functions).Where(name => !name.EndsWith(Scheduler)).Except(tested))
            yield return $"The tests of functions do not take {package}, on which functions run on Azure.";
    }

    private static IEnumerable<string> OnAzure(ProjectFile? project) =>
        project?.Packages.Where(package => package.Flavour == "azure").Select(package => package.Name) ?? [];
}
