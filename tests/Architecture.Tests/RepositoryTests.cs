using Trainyard.Architecture.Tests.Rules;

namespace Trainyard.Architecture.Tests;

/// <summary>The layout of the design, held against the repository's own files.</summary>
public sealed class RepositoryTests
{
    private static readonly Lazy<Repository> Repository = new(Tests.Repository.Read);

    public static TheoryData<string> Rules =>
        [.. AllRules.Select(rule => rule.GetType().Name).Order(StringComparer.Ordinal)];

    private static IEnumerable<IRule> AllRules =>
        typeof(IRule)
            .Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(IRule)) && !type.IsInterface)
            .Select(type => (IRule)Activator.CreateInstance(type)!);

    [Theory]
    [MemberData(nameof(Rules))]
    public void Every_rule_holds(string name)
    {
        var rule = AllRules.Single(rule => rule.GetType().Name == name);
        var broken = rule.Broken(Repository.Value).ToList();
        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    [Fact]
    public void The_reader_sees_all_of_it()
    {
        Assert.True(Repository.Value.Projects.Count >= 20, "Fewer projects than the repository has.");
        Assert.Contains(Repository.Value.ProductSources, file => file.Key.StartsWith("core/"));
        Assert.NotEmpty(Repository.Value.PackageVersions);
    }
}
