namespace Trainyard.Architecture.Tests.Rules;

/// <summary>
/// The functions and orchestrations compile unchanged on both hosts: no conditional code, and the packages of Azure
/// only where the flavour is azure. A package that is a program, of which nothing is linked, is no part of either.
/// </summary>
internal sealed class OneSourceForBothHostsRule : IRule
{
    private static readonly string[] OnAzure = ["Microsoft.Azure.", "Microsoft.DurableTask.", "Azure."];
    private static readonly string[] Conditional = ["#if", "#elif", "#else"];

    public IEnumerable<string> Broken(Repository repository) =>
        ConditionalCode(repository).Concat(AzureEverywhere(repository));

    private static IEnumerable<string> ConditionalCode(Repository repository) =>
        from file in repository.ProductSources
        where file.Key.StartsWith("functions/") || file.Key.StartsWith("orchestrations/")
        where file.Value.Split('\n').Any(line => Array.Exists(Conditional, line.TrimStart().StartsWith))
        select $"{file.Key} has conditional code.";

    private static IEnumerable<string> AzureEverywhere(Repository repository) =>
        from project in repository.Projects
        from package in project.Packages
        where Array.Exists(OnAzure, package.Name.StartsWith) && package.Flavour != "azure"
        where package.Attributes.GetValueOrDefault("ExcludeAssets") != "all"
        select $"{project.Path} takes {package.Name} outside the azure flavour.";
}
