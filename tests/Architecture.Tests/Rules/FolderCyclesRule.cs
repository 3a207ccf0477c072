namespace Trainyard.Architecture.Tests.Rules;

/// <summary>No two folders of a project need each other, whether directly or by way of others.</summary>
internal sealed class FolderCyclesRule : IRule
{
    public IEnumerable<string> Broken(Repository repository) =>
        from project in repository.Projects
        where project.IsProduct
        from cycle in FolderGraph.Of(repository, project).Cycles()
        select $"{project.Room} goes in a circle: {cycle}.";
}
