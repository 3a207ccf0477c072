namespace Trainyard.Core.Search.Methods;

/// <summary>The methods by the names that manifests give them.</summary>
public static class SearchMethods
{
    /// <param name="name">As <c>SearchMethodNames</c> has it.</param>
    /// <param name="space">What is searched.</param>
    /// <param name="gridLevels">How many values a grid takes from a continuous range.</param>
    public static ISearchMethod Create(string name, SearchSpace space, int gridLevels) =>
        name switch
        {
            "random" => new RandomSearch(space),
            "rbfopt" => new RbfSearch(space),
            "grid" => new GridSearch(space, gridLevels),
            "tpe" => new TpeSearch(space),
            "gp" => new GaussianProcessSearch(space),
            _ => throw new ArgumentException($"There is no search method {name}.", nameof(name)),
        };
}
