namespace Trainyard.Manifests.Experiments.Model;

/// <summary>How large an experiment may be; docs/experiments.md has the same table.</summary>
public static class SearchLimits
{
    public const int References = 50;
    public const int Steps = 1_000;
    public const int Parallelism = 100;
    public const int UsualParallelism = 4;
    public const int GridPoints = 100;
    public const int UsualGridPoints = 5;
    public const double Hours = 100_000;
    public const int Parameters = 50;
    public const int Values = 1_000;
    public const int ValueLength = 1_000;
    public const int MinSteps = 1_000_000;
    public const int UsualMinSteps = 1;
    public const int Factor = 10;
    public const int UsualFactor = 3;
    public const int Metrics = 50;
    public const int Tags = 50;
    public const int Text = 200;
}

/// <summary>The search methods that manifests name.</summary>
public static class SearchMethodNames
{
    public const string Random = "random";
    public const string Rbfopt = "rbfopt";
    public const string Grid = "grid";
    public const string Tpe = "tpe";
    public const string GaussianProcess = "gp";

    /// <summary>Random values, and early stopping.</summary>
    public const string Asha = "asha";

    public static IReadOnlyList<string> All { get; } = [Random, Rbfopt, Grid, Tpe, GaussianProcess, Asha];
}
