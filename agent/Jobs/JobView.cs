namespace Trainyard.Agent.Jobs;

/// <summary>The attempt's folders as the command sees them.</summary>
internal sealed record JobView
{
    public const string DocumentedHome = "/home/trainer";

    public required string Job { get; init; }

    public required string Data { get; init; }

    public required string Results { get; init; }

    public required string Model { get; init; }

    public required string Logs { get; init; }

    public required string Home { get; init; }

    public required string Temporary { get; init; }

    /// <summary>The paths of the folders on the machine.</summary>
    public static JobView Of(AttemptFolders folders) =>
        new()
        {
            Job = folders.Job,
            Data = folders.Data,
            Results = folders.Results,
            Model = folders.Model,
            Logs = folders.Logs,
            Home = folders.UserHome,
            Temporary = folders.Temporary,
        };

    /// <summary>The paths that the 2018 service documented.</summary>
    public static JobView Documented(JobNames names) =>
        new()
        {
            Job = "/job",
            Data = $"/job/{names.Data}",
            Results = $"/job/{names.Results}",
            Model = $"/job/{JobNames.Model}",
            Logs = $"/job/{JobNames.Logs}",
            Home = DocumentedHome,
            Temporary = "/tmp",
        };
}
