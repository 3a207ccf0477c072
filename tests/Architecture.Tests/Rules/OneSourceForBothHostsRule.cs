namespace Trainyard.Architecture.Tests.Rules;

/// <summary>
/// One build runs on both hosts: no conditional code in functions and orchestrations, and no property that builds another
/// program for one of them.
/// </summary>
internal sealed class OneSourceForBothHostsRule : IRule
{
    private static readonly string[] Conditional = ["#if", "#elif", "#else"];

    // What a deployment may ask for beside the program.
    private static readonly string[] Beside = ["KeyVault", "DurableBackend", "FunctionsHostFiles"];

    public IEnumerable<string> Broken(Repository repository) =>
        ConditionalCode(repository).Concat(ConditionalReferences(repository));

    private static IEnumerable<string> ConditionalCode(Repository repository) =>
        from file in repository.ProductSources
        where file.Key.StartsWith("functions/") || file.Key.StartsWith("orchestrations/")
        where file.Value.Split('\n').Any(line => Array.Exists(Conditional, line.TrimStart().StartsWith))
        select $"{file.Key} has conditional code.";

    private static IEnumerable<string> ConditionalReferences(Repository repository) =>
        from project in repository.Projects
        where project.IsProduct
        from reference in project.Projects.Concat(project.Packages)
        let condition = reference.Condition
        where condition is not (null or "beside")
        where !Array.Exists(Beside, name => condition.Contains($"$({name})"))
        select $"{project.Path} takes {reference.Name} in some builds only.";
}
